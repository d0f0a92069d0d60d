// A worker for pushpin that says hello: ZHTTP in its request/response form (rfc.zeromq.org 33), so that the bench
// compares routers and not the languages of their workers.
//
// Usage: pushpin_worker ENDPOINT BODY
// A message is 'T' and a tnetstring. The worker reads only the value of `id` of a request; all other parts of the
// answer are the same each time.
#include <zmq.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

std::string netstring(std::string_view value, char type) {
  return std::to_string(value.size()) + ":" + std::string(value) + type;
}
std::string text(std::string_view value) { return netstring(value, ','); }

// The value that follows the key `id` in a tnetstring dictionary of one level; empty when the key is not there.
std::string_view find_id(std::string_view message) {
  const std::string_view key = "2:id,";
  const auto at = message.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = message.substr(at + key.size());
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return {};
  const std::size_t length = std::strtoul(std::string(rest.substr(0, colon)).c_str(), nullptr, 10);
  return rest.substr(colon + 1, length);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: pushpin_worker ENDPOINT BODY\n";
    return 2;
  }
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_REP);
  if (zmq_connect(socket, argv[1]) != 0) {
    std::cerr << argv[1] << ": " << zmq_strerror(zmq_errno()) << '\n';
    return 1;
  }
  const std::string header = text("Content-Type") + text("text/plain");
  const std::string fixed = text("code") + netstring("200", '#') + text("reason") + text("OK") + text("headers") +
                            netstring(netstring(header, ']'), ']') + text("body") + text(argv[2]);
  zmq_msg_t message;
  zmq_msg_init(&message);
  while (zmq_msg_recv(&message, socket, 0) >= 0) {
    const std::string_view request(static_cast<const char*>(zmq_msg_data(&message)), zmq_msg_size(&message));
    const std::string reply = 'T' + netstring(text("id") + text(find_id(request)) + fixed, '}');
    if (zmq_send(socket, reply.data(), reply.size(), 0) < 0) return 1;
  }
  return 1;
}
