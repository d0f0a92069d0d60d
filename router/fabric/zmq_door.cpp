#include "router/fabric/zmq_door.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "router/fabric/curve_gate.h"

namespace zeroway {
namespace {

// A question has the parts: version, request id, domain, address, identity, mechanism, credentials if the mechanism has
// any.
constexpr std::size_t kRequestId = 1;
constexpr std::size_t kAddress = 3;
constexpr std::size_t kMechanism = 5;
constexpr std::size_t kCredentials = 6;

bool is_welcome(const std::vector<std::string>& question, const CurveGate* gate) {
  if (gate == nullptr) return true;
  return question.size() == kCredentials + 1 && question[kMechanism] == "CURVE" &&
         gate->is_allowed(question[kCredentials]);
}

std::string key_of(const std::vector<std::string>& question) {
  return question.size() <= kCredentials ? "" : show_key(as_bytes(question[kCredentials]));
}

}  // namespace

ZmqDoor::ZmqDoor(zmq::context_t& context) : questions_(context, zmq::socket_type::rep) {
  questions_.set(zmq::sockopt::linger, 0);
  questions_.bind("inproc://zeromq.zap.01");
}

void ZmqDoor::guard(zmq::socket_t& socket) { socket.set(zmq::sockopt::zap_domain, "zeroway"); }

void ZmqDoor::answer(const CurveGate* gate, const Refused& refused) {
  std::vector<std::string> question;
  zmq::message_t part;
  while (questions_.recv(part, zmq::recv_flags::dontwait)) {
    question.assign(1, part.to_string());
    while (part.more() && questions_.recv(part)) question.push_back(part.to_string());
    const bool is_yes = is_welcome(question, gate);
    if (!is_yes) refused(question.size() > kAddress ? question[kAddress] : "", key_of(question));
    // An answer has the parts: version, request id, status code, status text, user id, metadata.
    const std::string request_id = question.size() > kRequestId ? question[kRequestId] : "";
    const std::array<std::string_view, 6> reply{
        "1.0", request_id, is_yes ? "200" : "400", is_yes ? "OK" : "key not allowed", "", ""};
    for (std::size_t i = 0; i < reply.size(); ++i)
      questions_.send(zmq::buffer(reply[i]), i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
}

}  // namespace zeroway
