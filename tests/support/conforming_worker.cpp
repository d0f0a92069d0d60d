// The worker in C++ that tests/proto/worker_conformance.py checks: a hello on every path, /echo sends the body back as
// it comes, WebSockets send each message back, and connections of TCP services their bytes.
#include <zeroway/worker.h>

#include <string>

using zeroway::Task;

namespace {

Task<void> echo(zeroway::AsyncRequest& request, zeroway::AsyncReply& reply) {
  while (const auto piece = co_await request.read()) co_await reply.write(*piece);
  reply.end();
}

// Piece by piece: a message may be longer than the credit for it.
Task<void> echo_messages(zeroway::WebSocket& socket) {
  socket.accept();
  while (const auto piece = co_await socket.receive_piece()) co_await socket.send_piece(*piece);
}

Task<void> echo_bytes(zeroway::TcpStream& client) {
  while (const auto bytes = co_await client.read()) co_await client.write(*bytes);
}

}  // namespace

int main(int argc, char** argv) {
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv));
  worker.handle_inline("*", "/*", [&worker](zeroway::Request&, zeroway::Reply& reply) {
    reply.send("Hello from " + worker.name() + "\n");
  });
  worker.handle_async("*", "/echo", echo);
  worker.websocket("/*", echo_messages);
  worker.tcp("/*", echo_bytes);
  return worker.run();
}
