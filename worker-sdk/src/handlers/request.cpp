#include "zeroway/request.h"

#include <algorithm>
#include <stdexcept>

#include "cookies.h"
#include "handler_side.h"
#include "loop_side.h"
#include "proto/ascii.h"

namespace zeroway {

namespace {

std::string_view part(std::string_view path, const RouteMatch::Span& span) {
  return path.substr(span.begin, span.size);
}

// Coroutines always have this kind of side.
LoopSide& on_loop(HandlerSide* side) { return static_cast<LoopSide&>(*side); }

// "192.0.2.1:80", "[2001:db8::1]:80", and both without a port.
std::string_view without_port(std::string_view node) {
  if (node.starts_with('[')) return node.substr(1, std::max<std::size_t>(node.find(']'), 1) - 1);
  const std::size_t colon = node.find(':');
  return colon == node.rfind(':') ? node.substr(0, colon) : node;
}

std::string_view capture(const HandlerSide& side, std::string_view name) {
  const RouteMatch& match = side.match();
  for (std::size_t i = 0; match.names != nullptr && i < match.names->size(); ++i)
    if ((*match.names)[i] == name) return part(side.path(), match.captures[i]);
  throw std::logic_error("the handler's pattern has no {" + std::string(name) + "}");
}

}  // namespace

std::string_view RequestBase::method() const { return side_->request().method(); }
std::string_view RequestBase::path() const { return side_->path(); }
std::string_view RequestBase::target() const { return side_->request().path(); }
std::string_view RequestBase::authority() const { return side_->request().authority(); }

std::string_view RequestBase::raw_query() const {
  const std::size_t path_size = path().size();
  return path_size == target().size() ? std::string_view() : target().substr(path_size + 1);
}

std::string_view RequestBase::scheme() const { return side_->request().find(":scheme").value_or(std::string_view()); }

FieldsView RequestBase::fields() const {
  const Head& head = side_->request();
  std::size_t first = 0;
  while (first < head.size() && head[first].name.starts_with(':')) ++first;
  return {head, first};
}

std::optional<std::string> RequestBase::query(std::string_view name) const { return find_in_query(raw_query(), name); }
std::vector<std::string> RequestBase::query_all(std::string_view name) const {
  return find_all_in_query(raw_query(), name);
}
std::vector<QueryPair> RequestBase::query_pairs() const { return read_query(raw_query()); }

// Several `cookie` fields are one list: HTTP/2 may split it (RFC 9113 §8.2.3).
std::optional<std::string_view> RequestBase::cookie(std::string_view name) const {
  for (const FieldView field : fields()) {
    if (field.name != "cookie") continue;
    if (const auto value = find_cookie(field.value, name)) return value;
  }
  return std::nullopt;
}

std::string RequestBase::param(std::string_view name) const { return percent_decode(raw_param(name)); }
std::string_view RequestBase::raw_param(std::string_view name) const { return capture(*side_, name); }

std::string RequestBase::rest() const {
  if (!has_valid_escapes(raw_rest())) throw StatusError(400, "The path has a '%' without two hex digits.\n");
  return percent_decode(raw_rest());
}

std::string_view RequestBase::raw_rest() const { return part(side_->path(), side_->match().rest); }
std::string RequestBase::client_address(std::size_t proxies) const {
  std::vector<std::string_view> addresses;
  for (const FieldView field : fields()) {
    if (field.name != "x-forwarded-for") continue;
    for (std::string_view left = field.value; !left.empty();) {
      const std::string_view one = left.substr(0, left.find(','));
      left.remove_prefix(std::min(one.size() + 1, left.size()));
      if (!trimmed(one).empty()) addresses.push_back(trimmed(one));
    }
  }
  if (addresses.empty()) return {};
  return std::string(without_port(addresses[addresses.size() - 1 - std::min(proxies, addresses.size() - 1)]));
}

FieldsView RequestBase::trailers() const { return {side_->trailers(), 0}; }
bool RequestBase::is_cancelled() const { return side_->is_cancelled(); }
std::stop_token RequestBase::stop_token() const { return side_->stop_token(); }

std::optional<std::string_view> Request::read() { return side_->read(); }

std::string_view Request::body(std::size_t limit) {
  side_->check_body_size(limit);
  while (const auto piece = read()) {
    side_->whole().append(*piece);
    side_->check_body_size(limit);
  }
  return side_->whole();
}

void Request::sleep(std::chrono::milliseconds duration) { side_->sleep(duration); }

bool Request::sleep_unless_draining(std::chrono::milliseconds duration) {
  return side_->sleep_unless_draining(duration);
}

bool AsyncRequest::Read::await_ready() { return on_loop(side_).can_read(); }
void AsyncRequest::Read::await_suspend(std::coroutine_handle<> awaiter) { on_loop(side_).wait_to_read(awaiter); }
std::optional<std::string_view> AsyncRequest::Read::await_resume() { return side_->read(); }

bool AsyncRequest::Sleep::await_ready() { return side_->is_cancelled(); }
void AsyncRequest::Sleep::await_suspend(std::coroutine_handle<> awaiter) {
  on_loop(side_).wait_to_wake(awaiter, duration_);
}
void AsyncRequest::Sleep::await_resume() { on_loop(side_).throw_if_over(); }

bool AsyncRequest::SleepUnlessDraining::await_ready() { return side_->is_cancelled() || on_loop(side_).is_draining(); }
void AsyncRequest::SleepUnlessDraining::await_suspend(std::coroutine_handle<> awaiter) {
  on_loop(side_).wait_to_wake_or_drain(awaiter, duration_);
}
bool AsyncRequest::SleepUnlessDraining::await_resume() {
  on_loop(side_).throw_if_over();
  return !on_loop(side_).is_draining();
}

Task<std::string_view> AsyncRequest::body(std::size_t limit) {
  side_->check_body_size(limit);
  while (const auto piece = co_await read()) {
    side_->whole().append(*piece);
    side_->check_body_size(limit);
  }
  co_return side_->whole();
}

namespace detail {

void refuse_whole_number(std::string_view where, std::string_view name, const std::string& low,
                         const std::string& high) {
  throw StatusError(400, "\"" + std::string(name) + "\" in the " + std::string(where) + " is a whole number from " +
                             low + " to " + high + ".\n");
}

void refuse_number(std::string_view where, std::string_view name) {
  throw StatusError(400, "\"" + std::string(name) + "\" in the " + std::string(where) + " is a number.\n");
}

}  // namespace detail

}  // namespace zeroway
