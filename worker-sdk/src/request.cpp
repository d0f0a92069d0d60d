#include "zeroway/request.h"

#include "handler_side.h"
#include "loop_side.h"

namespace zeroway {

namespace {

std::string_view part(std::string_view path, const RouteMatch::Span& span) {
  return path.substr(span.begin, span.size);
}

// Coroutines always have this kind of side.
LoopSide& on_loop(HandlerSide* side) { return static_cast<LoopSide&>(*side); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view RequestBase::method() const { return side_->request().method(); }
std::string_view RequestBase::path() const { return side_->path(); }
std::string_view RequestBase::target() const { return side_->request().path(); }
std::string_view RequestBase::authority() const { return side_->request().authority(); }

std::string_view RequestBase::query() const {
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

std::string_view RequestBase::param(std::string_view name) const {
  const RouteMatch& match = side_->match();
  if (match.names == nullptr) return {};
  for (std::size_t i = 0; i < match.names->size(); ++i)
    if ((*match.names)[i] == name) return part(side_->path(), match.captures[i]);
  return {};
}

std::string_view RequestBase::rest() const { return part(side_->path(), side_->match().rest); }
FieldsView RequestBase::trailers() const { return {side_->trailers(), 0}; }
bool RequestBase::is_cancelled() const { return side_->is_cancelled(); }
std::stop_token RequestBase::stop_token() const { return side_->stop_token(); }

std::string_view Request::read() { return side_->read(); }

std::string_view Request::body(std::size_t limit) {
  side_->check_body_size(limit);
  for (std::string_view piece = read(); !piece.empty(); piece = read()) {
    side_->whole().append(piece);
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
std::string_view AsyncRequest::Read::await_resume() { return side_->read(); }

bool AsyncRequest::Sleep::await_ready() { return side_->is_cancelled(); }
void AsyncRequest::Sleep::await_suspend(std::coroutine_handle<> awaiter) {
  on_loop(side_).wait_to_wake(awaiter, duration_);
}
void AsyncRequest::Sleep::await_resume() { on_loop(side_).throw_if_cancelled(); }

bool AsyncRequest::SleepUnlessDraining::await_ready() { return side_->is_cancelled() || on_loop(side_).is_draining(); }
void AsyncRequest::SleepUnlessDraining::await_suspend(std::coroutine_handle<> awaiter) {
  on_loop(side_).wait_to_wake_or_drain(awaiter, duration_);
}
bool AsyncRequest::SleepUnlessDraining::await_resume() {
  on_loop(side_).throw_if_cancelled();
  return !on_loop(side_).is_draining();
}

Task<std::string_view> AsyncRequest::body(std::size_t limit) {
  side_->check_body_size(limit);
  while (true) {
    const std::string_view piece = co_await read();
    if (piece.empty()) co_return side_->whole();
    side_->whole().append(piece);
    side_->check_body_size(limit);
  }
}

std::string percent_decode(std::string_view text, PlusIsSpace plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i] == '+' && plus == PlusIsSpace::yes ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace zeroway
