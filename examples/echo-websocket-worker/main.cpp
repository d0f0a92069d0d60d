// Sends back every WebSocket message as it comes, text as text and binary as binary.
#include <zeroway/worker.h>

#include <string>

using zeroway::Task;
using zeroway::WebSocket;

namespace {

// Piece by piece, so that a message of any length takes no more memory than a short one.
Task<void> echo(WebSocket& socket) {
  socket.accept(socket.offers("echo") ? "echo" : "");
  while (const auto piece = co_await socket.receive_piece()) co_await socket.send_piece(*piece);
}

// Closes with the code in the path after the first message; the message is the reason of the close.
Task<void> close_as_asked(WebSocket& socket) {
  const auto reason = co_await socket.receive(123);
  if (reason) socket.close(socket.param<int>("code"), reason->bytes);
}

Task<void> refuse_as_asked(WebSocket& socket) {
  socket.refuse(socket.param<int>("status"), "No WebSocket for you.\n",
                {{"content-type", "text/plain; charset=utf-8"}});
  co_return;
}

}  // namespace

int main(int argc, char** argv) {
  zeroway::WorkerOptions defaults;
  defaults.name = "echo-websocket-worker";
  defaults.capacity = 10'000;  // an idle WebSocket costs a few kilobytes
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv, defaults));
  worker.websocket("/*", echo);
  worker.websocket("/close/{code}", close_as_asked);
  worker.websocket("/refuse/{status}", refuse_as_asked);
  return worker.run();
}
