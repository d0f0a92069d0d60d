// A worker for TCP services: echoes bytes, speaks first, sends as much as is asked, reads nothing.
#include <zeroway/worker.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

using zeroway::Task;
using zeroway::TcpStream;

namespace {

// Until the client ends its direction; then the handler's end follows behind the last byte.
Task<void> echo(TcpStream& client) {
  while (const auto bytes = co_await client.read()) co_await client.write(*bytes);
}

// As SSH and MySQL do.
Task<void> greet(TcpStream& client) {
  co_await client.write("hello " + client.client_address() + "\n");
  co_await echo(client);
}

// Answers only when the client has ended its direction, with the number of bytes that came.
Task<void> count(TcpStream& client) {
  std::uint64_t size = 0;
  while (const auto bytes = co_await client.read()) size += bytes->size();
  co_await client.write(std::to_string(size) + "\n");
}

// Ends its own direction first, behind `count` zero bytes, and then reads until the client ends, too.
Task<void> zeros(TcpStream& client) {
  const std::string piece(65'536, '\0');
  auto left = client.param<std::uint64_t>("count");
  while (left > 0) {
    const auto size = std::min<std::uint64_t>(left, piece.size());
    co_await client.write(std::string_view(piece).substr(0, size));
    left -= size;
  }
  client.end();
  while (co_await client.read()) {
  }
}

// Reads nothing, for as long as its client has patience.
Task<void> deaf(TcpStream& client) {
  while (co_await client.sleep_unless_draining(std::chrono::seconds(1))) {
  }
}

Task<void> reset(TcpStream& client) {
  static_cast<void>(co_await client.read());
  client.reset();
}

}  // namespace

int main(int argc, char** argv) {
  zeroway::WorkerOptions defaults;
  defaults.name = "echo-tcp-worker";
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv, defaults));
  worker.tcp("/", echo);  // where the connections of an app come (--app)
  worker.tcp("/echo", echo);
  worker.tcp("/greet", greet);
  worker.tcp("/count", count);
  worker.tcp("/zeros/{count}", zeros);
  worker.tcp("/deaf", deaf);
  worker.tcp("/reset", reset);
  return worker.run();
}
