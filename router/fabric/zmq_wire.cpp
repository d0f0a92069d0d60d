#include "router/fabric/zmq_wire.h"

#include <zmq.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/frame.h"
#include "proto/limits.h"
#include "router/fabric/curve_gate.h"
#include "router/fabric/limits.h"
#include "router/fabric/zmq_context.h"
#include "router/net/socket.h"

namespace zeroway {
namespace {

bool send_part(void* socket, std::string_view bytes, int flags) {
  return zmq_send(socket, bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) >= 0;
}

// One received part; its bytes are good until the next receive().
class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  [[nodiscard]] bool receive(void* socket) { return zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) >= 0; }
  [[nodiscard]] bool has_more() { return zmq_msg_more(&message_) != 0; }
  [[nodiscard]] Bytes bytes() {
    return {static_cast<const std::uint8_t*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }
  [[nodiscard]] ConnectionId connection() { return zmq_msg_get(&message_, ZMQ_SRCFD); }

 private:
  zmq_msg_t message_;
};

// ZeroMQ removes the file of an ipc endpoint before it binds: that takes the endpoint from a router that is alive, and
// the file from whoever made one of that name.
std::string why_not_at(std::string_view endpoint) {
  constexpr std::string_view kIpc = "ipc://";
  if (!endpoint.starts_with(kIpc)) return {};
  const std::string_view path = endpoint.substr(kIpc.size());
  if (somebody_listens_at(path)) return std::strerror(EADDRINUSE);
  std::error_code error;
  const auto type = std::filesystem::symlink_status(path, error).type();
  const bool is_free = path.starts_with('@') || type == std::filesystem::file_type::not_found ||
                       type == std::filesystem::file_type::socket || type == std::filesystem::file_type::none;
  return is_free ? "" : "there is a file of that name which is no socket";
}

// ZeroMQ binds to addresses and to names of interfaces, to no others.
std::string why_not_bound(const zmq::error_t& error) {
  return error.num() == ENODEV ? "neither an address nor an interface of this machine" : error.what();
}

Error cannot_bind(const std::string& endpoint, const std::string& why) {
  return {Fault::router, Code::internal, false, "fabric endpoint " + endpoint + ": " + why};
}

bool begins_with_hello(Bytes payload) {
  return payload.size() >= kFrameHeaderSize && payload[3] == static_cast<std::uint8_t>(FrameType::hello);
}

}  // namespace

ZmqWire::ZmqWire(const FabricSettings& settings)
    : settings_(settings),
      context_(make_zmq_context()),
      door_(context_),
      deal_(context_, zmq::socket_type::dealer),
      steer_(context_, zmq::socket_type::router) {}

ZmqWire::~ZmqWire() {
  deal_watch_.reset();
  steer_watch_.reset();
}

void ZmqWire::set_up(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::ipv6, true);
  socket.set(zmq::sockopt::sndhwm, 0);  // bounded by windows and the count of unaccepted openings
  socket.set(zmq::sockopt::linger, static_cast<int>(kFabricLinger.count()));
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMaxMessageSize));
  socket.set(zmq::sockopt::heartbeat_ivl, static_cast<int>(settings_.heartbeat_interval.count()));
  socket.set(zmq::sockopt::heartbeat_timeout, static_cast<int>(settings_.heartbeat_timeout.count()));
  socket.set(zmq::sockopt::handshake_ivl, static_cast<int>(kFabricHandshake.count()));
  ZmqDoor::guard(socket);
  if (gate_) gate_->guard(socket);
}

Result<> ZmqWire::bind(const std::string& deal, const std::string& steer) {
  for (const std::string& endpoint : {deal, steer})
    if (const std::string why = why_not_at(endpoint); !why.empty()) return cannot_bind(endpoint, why);
  const std::string* at = &deal;
  try {
    if (!settings_.key_file.empty()) {
      auto gate = CurveGate::open(settings_.key_file, settings_.allow_file);
      if (!gate) return gate.error();
      gate_ = std::move(*gate);
    }
    set_up(deal_);
    set_up(steer_);
    deal_.set(zmq::sockopt::rcvhwm, 1);  // nobody has anything to say there
    steer_.set(zmq::sockopt::rcvhwm, kMostWaiting);
    steer_.set(zmq::sockopt::router_mandatory, true);
    steer_.set(zmq::sockopt::router_handover,
               true);  // a worker that reconnects before its old connection is seen to be dead
    deal_watch_ = std::make_unique<ZmqWatch>(
        context_, deal_, "deal",
        [this](auto what, ConnectionId, std::size_t peers, const auto& detail) { deal_told(what, peers, detail); });
    steer_watch_ = std::make_unique<ZmqWatch>(
        context_, steer_, "steer",
        [this](auto what, ConnectionId id, std::size_t, const auto& detail) { steer_told(what, id, detail); });
    // Steer first: whoever finds deal finds steer too.
    at = &steer;
    steer_.bind(steer);
    at = &deal;
    deal_.bind(deal);
  } catch (const zmq::error_t& error) {
    return cannot_bind(*at, why_not_bound(error));
  }
  return {};
}

bool ZmqWire::deal(const std::string& message) { return send_part(deal_.handle(), message, 0); }

// Sending looks for news of connections only when it has not looked for 3 million ticks of the processor's clock.
// Reading the events always does.
void ZmqWire::take_note() { (void)deal_.get(zmq::sockopt::events); }

bool ZmqWire::steer(const std::string& instance, const std::string& message) {
  must_receive_ = true;
  // The id may be gone (EHOSTUNREACH); once it is taken the payload goes to the same pipe, which has no mark.
  return send_part(steer_.handle(), instance, ZMQ_SNDMORE) && send_part(steer_.handle(), message, 0);
}

void ZmqWire::cut(ConnectionId connection) {
  // ZeroMQ closes it when it likes, and its number may be anybody's then. It tells of the end before it closes: when
  // that is not there after we have a descriptor of our own, ours is of the one that is meant.
  const Socket own = share(connection);
  if (own.is_open() && !steer_watch_->has_ended(connection)) end_connection(own);
}

bool ZmqWire::receive() {
  Part id;
  Part payload;
  std::size_t bytes = 0;
  for (int i = 0; i < kMessagesPerTurn && bytes < kBytesPerTurn; ++i) {
    if (!id.receive(steer_.handle())) {
      must_receive_ = false;
      return true;
    }
    if (!id.has_more()) continue;
    if (!payload.receive(steer_.handle())) continue;
    const bool is_one_part = !payload.has_more();
    if (!is_one_part) {
      Part rest;
      while (rest.receive(steer_.handle()) && rest.has_more()) continue;
      events_->stranger("steer", "a message of more than two parts from " + std::string(as_text(id.bytes())));
      continue;
    }
    ConnectionId connection = -1;
    if (begins_with_hello(payload.bytes())) {
      // Descriptors are used again: the end of the connection that had this one before comes first.
      connection = payload.connection();
      steer_watch_->read_for(connection);
    }
    bytes += payload.bytes().size();
    events_->message(as_text(id.bytes()), payload.bytes(), connection);
  }
  return false;
}

void ZmqWire::door_ready() {
  // Whoever asks was accepted before. It must make the table uneven before it is attached: what is dealt meanwhile
  // could be dealt to it.
  deal_watch_->read_arrivals();
  door_.answer(gate_.get());
}

void ZmqWire::deal_ready() {
  // Reading the events lets the socket take note of peers that came and went.
  Part part;
  for (int i = 0; i < kMessagesPerTurn && (deal_.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0; ++i)
    if (part.receive(deal_.handle()) && !part.has_more()) events_->stranger("deal", "it sent something");
}

void ZmqWire::tell_watched() {
  const bool is_ready = std::exchange(is_watch_ready_, false);
  if (!is_ready && !deal_watch_->has_untold() && !steer_watch_->has_untold()) return;
  deal_watch_->read();
  steer_watch_->read();
}

int ZmqWire::deal_descriptor() { return deal_.get(zmq::sockopt::fd); }
int ZmqWire::steer_descriptor() { return steer_.get(zmq::sockopt::fd); }

void ZmqWire::deal_told(ZmqWatch::What what, std::size_t peers, const std::string& detail) {
  switch (what) {
    case ZmqWatch::What::came:
      return events_->deal_came(peers);
    case ZmqWatch::What::shook_hands:
      return events_->deal_shook_hands();
    case ZmqWatch::What::broke:
      return events_->deal_broke(peers);
    case ZmqWatch::What::failed:
      return events_->stranger("deal", detail);
  }
}

void ZmqWire::steer_told(ZmqWatch::What what, ConnectionId connection, const std::string& detail) {
  if (what == ZmqWatch::What::broke) events_->steer_broke(connection);
  if (what == ZmqWatch::What::failed) events_->stranger("steer", detail);
}

}  // namespace zeroway
