// An echo service for gRPC, of all four kinds of calls, on raw bytes: echo.Echo.
#include <charconv>

#include "grpc_call.h"

using namespace std::chrono_literals;
using zeroway::Task;

namespace {

std::uint32_t number(GrpcCall& call, std::string_view name, std::uint32_t otherwise) {
  const std::string_view text = call.metadata(name).value_or("");
  std::uint32_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Does what the call's metadata asks for: waits, or fails.
Task<void> obey(GrpcCall& call) {
  co_await call.sleep(std::chrono::milliseconds(number(call, "echo-delay-ms", 0)));
  const std::uint32_t code = number(call, "echo-status", 0);
  if (code == 0) co_return;
  const std::string text = zeroway::percent_decode(call.metadata("echo-message").value_or(""));
  throw GrpcError(static_cast<int>(code), text);
}

Task<std::string> read_only_one(GrpcCall& call) {
  std::optional<std::string> message = co_await call.read();
  const bool has_more = (co_await call.read()).has_value();
  if (!message || has_more) throw GrpcError(GrpcCode::internal, "this method takes one message");
  co_return std::move(*message);
}

Task<void> unary(GrpcCall& call) {
  const std::string message = co_await read_only_one(call);
  co_await obey(call);
  co_await call.write(message);
}

Task<void> server_stream(GrpcCall& call) {
  const std::string message = co_await read_only_one(call);
  const std::uint32_t count = number(call, "echo-count", 10);
  for (std::uint32_t i = 0; i < count; ++i) {
    co_await call.sleep(std::chrono::milliseconds(number(call, "echo-delay-ms", 0)));
    co_await call.write(message);
  }
  co_await obey(call);
}

Task<void> client_stream(GrpcCall& call) {
  constexpr std::size_t kMost = 4 << 20;
  std::string all;
  while (const std::optional<std::string> message = co_await call.read()) {
    all += *message;
    if (all.size() > kMost) throw GrpcError(GrpcCode::resource_exhausted, "messages of more than 4 MiB together");
  }
  co_await obey(call);
  co_await call.write(all);
}

Task<void> bidirectional(GrpcCall& call) {
  while (const std::optional<std::string> message = co_await call.read()) {
    co_await call.sleep(std::chrono::milliseconds(number(call, "echo-delay-ms", 0)));
    co_await call.write(*message);
  }
  co_await obey(call);
}

Task<void> unknown(GrpcCall&) {
  throw GrpcError(GrpcCode::unimplemented, "echo.Echo has Unary, ServerStream, ClientStream and Bidi");
  co_return;
}

}  // namespace

int main(int argc, char** argv) {
  zeroway::WorkerOptions defaults;
  defaults.name = "grpc-worker";
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv, defaults));
  worker.handle_async("POST", "/echo.Echo/Unary", grpc_handler(unary));
  worker.handle_async("POST", "/echo.Echo/ServerStream", grpc_handler(server_stream));
  worker.handle_async("POST", "/echo.Echo/ClientStream", grpc_handler(client_stream));
  worker.handle_async("POST", "/echo.Echo/Bidi", grpc_handler(bidirectional));
  worker.handle_async("POST", "/*", grpc_handler(unknown));
  return worker.run();
}
