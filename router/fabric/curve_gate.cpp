#include "router/fabric/curve_gate.h"

#include <zmq.h>

#include <array>
#include <fstream>
#include <utility>
#include <vector>

namespace zeroway {
namespace {

constexpr std::size_t kKeyText = 40;  // Z85 of 32 bytes (ZeroMQ RFC 32)
constexpr std::size_t kKeyBytes = 32;

Error bad(std::string detail) { return Error{Fault::router, Code::internal, false, std::move(detail)}; }

Result<std::vector<std::string>> read_keys(const std::string& file) {
  std::ifstream in(file);
  if (!in) return bad("cannot read key file " + file);
  std::vector<std::string> keys;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    // '#' is a digit of Z85 too: a comment is told by the space after it, which no key holds.
    line.erase(std::min(line.find_first_of(" \t\r"), line.size()));
    if (line.empty() || line == "#") continue;
    std::array<std::uint8_t, kKeyBytes> raw{};
    if (line.size() != kKeyText || zmq_z85_decode(raw.data(), line.c_str()) == nullptr)
      return bad("key file " + file + " line " + std::to_string(number) + ": not 40 characters of Z85");
    keys.push_back(line);
  }
  return keys;
}

}  // namespace

Result<std::unique_ptr<CurveGate>> CurveGate::open(zmq::context_t& context, const std::string& key_file,
                                                   const std::string& allow_file) {
  if (zmq_has("curve") == 0) return bad("this libzmq was built without CURVE");
  auto own = read_keys(key_file);
  if (!own) return own.error();
  if (own->size() != 1)
    return bad("key file " + key_file + ": holds " + std::to_string(own->size()) + " keys, not one");
  std::unordered_set<std::string> allowed;
  if (!allow_file.empty()) {
    auto keys = read_keys(allow_file);
    if (!keys) return keys.error();
    if (keys->empty()) return bad("key file " + allow_file + ": allows nobody");
    for (const std::string& key : *keys) {
      std::array<std::uint8_t, kKeyBytes> raw{};
      zmq_z85_decode(raw.data(), key.c_str());
      allowed.emplace(reinterpret_cast<const char*>(raw.data()), raw.size());
    }
  }
  try {
    return std::unique_ptr<CurveGate>(new CurveGate(context, own->front(), std::move(allowed)));
  } catch (const zmq::error_t& error) {
    return bad(std::string("CURVE: ") + error.what());
  }
}

CurveGate::CurveGate(zmq::context_t& context, std::string secret_key, std::unordered_set<std::string> allowed)
    : secret_key_(std::move(secret_key)),
      allowed_(std::move(allowed)),
      questions_(context, zmq::socket_type::rep),
      stop_(context, zmq::socket_type::pair),
      stopped_(context, zmq::socket_type::pair) {
  questions_.set(zmq::sockopt::linger, 0);
  questions_.bind("inproc://zeromq.zap.01");
  stopped_.bind("inproc://curve-gate.stop");
  stop_.connect("inproc://curve-gate.stop");
  thread_ = std::thread([this] { answer(); });
}

CurveGate::~CurveGate() {
  stop_.send(zmq::message_t(), zmq::send_flags::dontwait);
  thread_.join();
}

void CurveGate::guard(zmq::socket_t& socket) const {
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, secret_key_);
  socket.set(zmq::sockopt::zap_domain, "zeroway");
}

bool CurveGate::is_allowed(const std::string& raw_public_key) const {
  return allowed_.empty() || allowed_.contains(raw_public_key);
}

// ZAP (ZeroMQ RFC 27). Asked: version, request id, domain, address, identity, mechanism, credentials.
// Answered: version, request id, status code, status text, user id, metadata.
void CurveGate::answer() {
  while (true) {
    std::array<zmq::pollitem_t, 2> items{
        {{questions_.handle(), 0, ZMQ_POLLIN, 0}, {stopped_.handle(), 0, ZMQ_POLLIN, 0}}};
    zmq::poll(items.data(), items.size(), std::chrono::milliseconds(-1));
    if ((items[1].revents & ZMQ_POLLIN) != 0) return;
    std::vector<std::string> parts;
    zmq::message_t part;
    do {
      if (!questions_.recv(part)) return;
      parts.push_back(part.to_string());
    } while (part.more());
    const bool is_curve = parts.size() == 7 && parts[5] == "CURVE" && parts[6].size() == kKeyBytes;
    const bool is_welcome = is_curve && is_allowed(parts[6]);
    const std::array<std::string, 6> reply{
        "1.0", parts.size() > 1 ? parts[1] : "", is_welcome ? "200" : "400", is_welcome ? "OK" : "key not allowed", "",
        ""};
    for (std::size_t i = 0; i < reply.size(); ++i)
      questions_.send(zmq::buffer(reply[i]), i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
}

}  // namespace zeroway
