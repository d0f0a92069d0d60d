#include "hello.h"

// Inline, because the handler takes only a microsecond.
void register_hello(zeroway::Worker& worker) {
  worker.handle_inline("*", "/*", [&worker](zeroway::Request&, zeroway::Reply& reply) {
    reply.field("content-type", "text/plain").field("x-zmq", worker.name());
    reply.send("Hello from " + worker.name() + "\n");
  });
}
