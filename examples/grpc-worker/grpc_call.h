// One gRPC call on one request (gRPC's "PROTOCOL-HTTP2"): messages in, messages out, status in the trailers.
//
// Owner: serve_call's frame.   Thread: the worker's.
// Not here: the content of the messages (the methods know it; there is no protobuf), compression.
#pragma once
#include <zeroway/worker.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// The gRPC status codes that this example uses.
enum class GrpcCode { ok = 0, deadline_exceeded = 4, resource_exhausted = 8, unimplemented = 12, internal = 13 };

// A method throws a GrpcError to end the call with this status.
class GrpcError : public std::runtime_error {
 public:
  GrpcError(GrpcCode code, const std::string& text) : std::runtime_error(text), code_(static_cast<int>(code)) {}
  GrpcError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] int code() const { return code_; }

 private:
  int code_;
};

class GrpcCall {
 public:
  GrpcCall(zeroway::AsyncRequest& request, zeroway::AsyncReply& reply);

  // The metadata that the client sent with the call; binary values (names that end in "-bin") are base64.
  [[nodiscard]] std::optional<std::string_view> metadata(std::string_view name) const { return request_.field(name); }

  // The next message, or nothing when the client has sent its last message. Throws GrpcError when the message is larger
  // than 4 MiB, is compressed, or is cut off, and when the call's deadline is over.
  zeroway::Task<std::optional<std::string>> read();
  zeroway::Task<void> write(std::string_view message);
  // Throws GrpcError when the call's deadline comes first.
  zeroway::Task<void> sleep(std::chrono::milliseconds duration);
  void finish(int code, std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;
  zeroway::Task<bool> fill(std::size_t size);
  void check_deadline() const;

  zeroway::AsyncRequest& request_;
  zeroway::AsyncReply& reply_;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::string in_, out_;
  std::string details_, trailing_;  // trailing metadata, as the client gave it
};

// A handler that runs `method` for each call.
using GrpcMethod = zeroway::Task<void> (*)(GrpcCall& call);
[[nodiscard]] zeroway::AsyncHandler grpc_handler(GrpcMethod method);

// "100m" → 100 ms: at most eight digits and a unit of H M S m u n. Nothing when the text is no timeout.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_grpc_timeout(std::string_view text);
// The form of grpc-message: bytes that are not printable ASCII, and '%', become %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
