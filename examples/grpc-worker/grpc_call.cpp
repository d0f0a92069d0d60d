#include "grpc_call.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

using zeroway::AsyncReply;
using zeroway::AsyncRequest;
using zeroway::Task;

namespace {

constexpr std::size_t kPrefix = 5;            // bytes: one for the compressed flag, four for the length
constexpr std::size_t kMaxMessage = 4 << 20;  // gRPC's usual limit

std::uint32_t read_length(std::string_view prefix) {
  std::uint32_t length = 0;
  for (const char byte : prefix.substr(1, 4)) length = length << 8 | static_cast<unsigned char>(byte);
  return length;
}

Task<void> serve_call(AsyncRequest& request, AsyncReply& reply, GrpcMethod method) {
  if (!request.field("content-type").value_or("").starts_with("application/grpc"))
    throw zeroway::StatusError(415, "This is for gRPC: application/grpc.\n");
  GrpcCall call(request, reply);
  int code = 0;
  std::string text;
  try {
    co_await method(call);
  } catch (const GrpcError& error) {
    code = error.code();
    text = error.what();
  }
  call.finish(code, text);
}

[[noreturn]] void say_deadline_is_over() { throw GrpcError(GrpcCode::deadline_exceeded, "the deadline is over"); }

}  // namespace

std::optional<std::chrono::nanoseconds> read_grpc_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  const char unit = text.back();
  text.remove_suffix(1);
  std::int64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || count < 0) return std::nullopt;
  using namespace std::chrono;
  constexpr std::int64_t kMostHours = 24L * 365;  // a longer time does not fit into nanoseconds
  switch (unit) {
    case 'H':
      return hours(std::min(count, kMostHours));
    case 'M':
      return minutes(std::min(count, kMostHours * 60));
    case 'S':
      return seconds(count);
    case 'm':
      return milliseconds(count);
    case 'u':
      return microseconds(count);
    case 'n':
      return nanoseconds(count);
    default:
      return std::nullopt;
  }
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char byte : text) {
    if (byte >= 0x20 && byte <= 0x7e && byte != '%') {
      encoded += byte;
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    encoded += '%';
    encoded += "0123456789ABCDEF"[value >> 4];
    encoded += "0123456789ABCDEF"[value & 15];
  }
  return encoded;
}

zeroway::AsyncHandler grpc_handler(GrpcMethod method) {
  return [method](AsyncRequest& request, AsyncReply& reply) { return serve_call(request, reply, method); };
}

GrpcCall::GrpcCall(AsyncRequest& request, AsyncReply& reply) : request_(request), reply_(reply) {
  if (const auto given = metadata("grpc-timeout"))
    if (const auto timeout = read_grpc_timeout(*given))
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(*timeout);
  reply.field("content-type", "application/grpc").field("grpc-accept-encoding", "identity");
  if (const auto initial = metadata("x-grpc-test-echo-initial")) reply.field("x-grpc-test-echo-initial", *initial);
  trailing_ = metadata("x-grpc-test-echo-trailing-bin").value_or("");
  details_ = metadata("echo-details-bin").value_or("");
  reply.start();
}

void GrpcCall::check_deadline() const {
  if (Clock::now() >= deadline_) say_deadline_is_over();
}

// Reads until `size` bytes are there; false when the body ends before.
Task<bool> GrpcCall::fill(std::size_t size) {
  while (in_.size() < size) {
    const auto piece = co_await request_.read();
    if (!piece) co_return false;
    in_ += *piece;
  }
  co_return true;
}

Task<std::optional<std::string>> GrpcCall::read() {
  check_deadline();
  const bool has_prefix = co_await fill(kPrefix);
  if (!has_prefix && in_.empty()) co_return std::nullopt;
  if (!has_prefix) throw GrpcError(GrpcCode::internal, "a message is cut off");
  if (in_[0] != 0) throw GrpcError(GrpcCode::unimplemented, "compressed messages are not read here");
  const std::size_t length = read_length(in_);
  if (length > kMaxMessage)
    throw GrpcError(GrpcCode::resource_exhausted, "a message of " + std::to_string(length) + " bytes; 4 MiB may be");
  const bool is_whole = co_await fill(kPrefix + length);
  if (!is_whole) throw GrpcError(GrpcCode::internal, "a message is cut off");
  std::string message = in_.substr(kPrefix, length);
  in_.erase(0, kPrefix + length);
  check_deadline();
  co_return message;
}

Task<void> GrpcCall::write(std::string_view message) {
  out_.assign(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) out_ += static_cast<char>(message.size() >> shift & 0xff);
  out_ += message;
  co_await reply_.write(out_);
}

Task<void> GrpcCall::sleep(std::chrono::milliseconds duration) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
  if (left > duration) {
    co_await request_.sleep(duration);
    co_return check_deadline();
  }
  co_await request_.sleep(std::max(left, std::chrono::milliseconds(0)));
  say_deadline_is_over();  // without asking the clock: a timer may be a little early
}

void GrpcCall::finish(int code, std::string_view text) {
  const std::string digits = std::to_string(code), message = percent_encode(text);
  // Empty fields are left out: gRPC's base64 of an empty value is legal, but tells nothing.
  if (!trailing_.empty() && !details_.empty())
    return reply_.end({{"grpc-status", digits},
                       {"grpc-message", message},
                       {"grpc-status-details-bin", details_},
                       {"x-grpc-test-echo-trailing-bin", trailing_}});
  if (!details_.empty())
    return reply_.end({{"grpc-status", digits}, {"grpc-message", message}, {"grpc-status-details-bin", details_}});
  if (!trailing_.empty())
    return reply_.end(
        {{"grpc-status", digits}, {"grpc-message", message}, {"x-grpc-test-echo-trailing-bin", trailing_}});
  if (!message.empty()) return reply_.end({{"grpc-status", digits}, {"grpc-message", message}});
  reply_.end({{"grpc-status", digits}});
}
