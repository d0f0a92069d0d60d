// Greets whoever asks, on every path. Inline, because it only takes a microsecond.
#include <zeroway/worker.h>

int main(int argc, char** argv) {
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv));
  worker.handle_inline("*", "/*", [&](zeroway::Request&, zeroway::Reply& reply) {
    reply.field("content-type", "text/plain").field("x-zmq", worker.name());
    reply.send("Hello from " + worker.name() + "\n");
  });
  return worker.run();
}
