#include "handler_side.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "proto/ascii.h"
#include "proto/head_rules.h"
#include "proto/limits.h"
#include "worker-sdk/src/session/kept_buffer.h"
#include "zeroway/errors.h"

namespace zeroway {

namespace {

using Digits = std::array<char, 24>;
constexpr std::size_t kMaxFields = kMaxHeadSize - 66;  // send() adds content-length: name, 20 digits and 32

std::string_view as_digits(std::size_t number, Digits& digits) {
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

// The head that gets the field has `used` bytes of fields. `put` gets the name in lower case.
template <class Put>
void put_field(std::size_t used, std::string_view name, std::string_view value, Put put) {
  if (!is_token(name)) throw std::invalid_argument("field name \"" + std::string(name) + "\" is not a token");
  if (!is_field_value(value))
    throw std::invalid_argument("field " + std::string(name) + ": its value holds a control character");
  std::array<char, 64> room;
  std::string large;
  char* lower = room.data();
  if (name.size() > room.size()) {
    large.resize(name.size());
    lower = large.data();
  }
  for (std::size_t i = 0; i < name.size(); ++i) lower[i] = to_lower(name[i]);
  const std::string_view lower_name(lower, name.size());
  if (is_connection_specific(lower_name) || lower_name == "te")
    throw std::invalid_argument("field " + std::string(name) + " is the router's business");
  if (used + lower_name.size() + value.size() + 32 > kMaxFields)
    throw std::invalid_argument("fields of more than " + std::to_string(kMaxFields) + " bytes");
  put(lower_name, value);
}

void add_field(Head& head, std::string_view name, std::string_view value, std::size_t used_besides = 0) {
  put_field(head.list_size() + used_besides, name, value,
            [&](std::string_view lower_name, std::string_view bytes) { head.add(lower_name, bytes); });
}

}  // namespace

void HandlerSide::begin(const Head& request, std::size_t max_body) {
  request_ = &request;
  max_body_ = max_body;
  phase_ = Phase::building;
  status_ = 200;
  is_head_request_ = request.method() == "HEAD";
  reply_.clear();
  reply_.add(":status", "200");
  layers_.clear();
  constant_fields_.clear();
  trailers_.clear();
  whole_.clear();
  cancelled_.store(false, std::memory_order_relaxed);
  if (stop_.stop_possible()) stop_ = std::stop_source(std::nostopstate);
  reset_for_next();
}

std::string_view HandlerSide::path() const {
  const std::string_view target = request_->path();
  return target.substr(0, target.find('?'));
}

std::stop_token HandlerSide::stop_token() {
  const std::lock_guard lock(stop_mutex_);
  if (!stop_.stop_possible()) {
    stop_ = std::stop_source();
    if (is_cancelled()) stop_.request_stop();  // an existing source is stopped by reset(), without the lock
  }
  return stop_.get_token();
}

void HandlerSide::reset() {
  std::stop_source stop(std::nostopstate);
  {
    const std::lock_guard lock(stop_mutex_);
    cancelled_.store(true, std::memory_order_release);
    stop = stop_;
  }
  if (stop.stop_possible()) stop.request_stop();  // without the lock: the callbacks may call functions of this side
}

void HandlerSide::let_go() { empty_buffer(whole_); }

void HandlerSide::check_body_size(std::size_t limit) const {
  if (limit == 0) limit = max_body_;
  std::size_t size = whole_.size();
  if (const auto length = request_->find("content-length")) {
    std::size_t said = 0;
    std::from_chars(length->data(), length->data() + length->size(), said);
    size = std::max(size, said);
  }
  if (size > limit) throw StatusError(413, "The request's body is larger than " + std::to_string(limit) + " bytes.\n");
}

void HandlerSide::status(int code) {
  require_building("status()");
  if (code < 200 || code > 999) throw std::invalid_argument("status " + std::to_string(code) + " is not 200 to 999");
  Digits digits;
  reply_.set(":status", as_digits(static_cast<std::size_t>(code), digits));
  status_ = code;
}

void HandlerSide::field(std::string_view name, std::string_view value) {
  require_building("field()");
  add_field(reply_, name, value, constant_fields_.list_size());
}

void HandlerSide::set_field(std::string_view name, std::string_view value) {
  require_building("set_field()");
  put_field(reply_.list_size() + constant_fields_.list_size(), name, value,
            [&](std::string_view lower_name, std::string_view bytes) { reply_.set(lower_name, bytes); });
}

void HandlerSide::inform(int code, FieldInit fields) {
  require_building("inform()");
  if (code < 100 || code > 199 || code == 101)
    throw std::invalid_argument("interim status " + std::to_string(code) + " is not 100 to 199 without 101");
  Digits digits;
  scratch_.clear();
  scratch_.add(":status", as_digits(static_cast<std::size_t>(code), digits));
  for (const FieldView& field : fields) add_field(scratch_, field.name, field.value);
  if (!has_ended()) put_head(scratch_, Last::no);
}

void HandlerSide::start() {
  require_building("start()");
  if (has_ended()) return;
  send_head(Last::no);
}

void HandlerSide::send(std::string_view body) {
  require_building("send()");
  if (has_ended()) return;
  // RFC 9110 §8.6: no content-length with 204.
  if (status_ != 204 && status_ != 304 && !reply_.has("content-length")) {
    Digits digits;
    reply_.add("content-length", as_digits(body.size(), digits));
  }
  if (is_bodiless() || body.empty()) return send_head(Last::yes);
  phase_ = Phase::ended;
  complete_head();
  put_whole(reply_, body);
}

void HandlerSide::end_reply(FieldInit trailers) {
  if (has_ended()) return;
  scratch_.clear();
  for (const FieldView& field : trailers) add_field(scratch_, field.name, field.value);
  if (phase_ == Phase::building) {
    if (scratch_.is_empty()) return send(std::string_view());
    send_head(Last::no);
  }
  phase_ = Phase::ended;
  put_end(scratch_);
}

void HandlerSide::abort() {
  if (has_ended()) return;
  phase_ = Phase::ended;
  put_reset(ResetCode::internal_error);
}

bool HandlerSide::prepare_write() {
  if (has_ended()) return false;
  if (phase_ == Phase::building) send_head(Last::no);
  return !is_bodiless();
}

void HandlerSide::finish() {
  if (!has_ended()) end_reply({});
}

void HandlerSide::fail(int code, std::string_view text) {
  if (has_ended()) return;
  if (phase_ != Phase::building) return abort();
  restart(code);
  reply_.add("content-type", "text/plain; charset=utf-8");
  send(text);
}

void HandlerSide::restart(int code) {
  reply_.clear();
  reply_.add(":status", "500");
  status(code);
}

bool HandlerSide::is_bodiless() const { return is_head_request_ || status_ == 204 || status_ == 304; }

void HandlerSide::require_building(const char* what) const {
  if (phase_ == Phase::open) throw std::logic_error(std::string(what) + " after the reply's head is out");
}

void HandlerSide::send_head(Last last) {
  phase_ = last == Last::yes ? Phase::ended : Phase::open;
  complete_head();
  if (!is_cancelled()) put_head(reply_, last);
}

// Added behind the status. `vary` is a list, so a handler's own value is added to ours. Of the other fields there is
// one, and it is ours.
void HandlerSide::complete_head() {
  if (constant_fields_.is_empty()) return;
  Head whole;
  whole.add(":status", reply_[0].value);
  for (const Field field : constant_fields_) whole.add(field.name, field.value);
  for (const Field field : reply_)
    if (field.name != ":status" && (field.name == "vary" || !constant_fields_.has(field.name)))
      whole.add(field.name, field.value);
  reply_ = std::move(whole);
}

std::uint64_t HandlerSide::wait_outside(std::coroutine_handle<>, std::chrono::milliseconds) {
  throw std::logic_error("only a coroutine can wait");
}

void HandlerSide::throw_if_over() const {
  if (is_over()) throw Cancelled();
}

std::chrono::steady_clock::time_point HandlerSide::now() const { throw std::logic_error("only a coroutine can wait"); }
void HandlerSide::call_soon(std::function<void()>) { throw std::logic_error("only a coroutine can wait"); }

void HandlerSide::wake_soon(std::uint64_t ticket) {
  call_soon([this, ticket] { wake(ticket); });
}

}  // namespace zeroway
