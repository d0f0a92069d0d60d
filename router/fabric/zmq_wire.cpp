#include "router/fabric/zmq_wire.h"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "proto/limits.h"
#include "router/fabric/begins_with_hello.h"
#include "router/fabric/curve_gate.h"
#include "router/fabric/limits.h"
#include "router/fabric/listen_endpoint.h"
#include "router/fabric/zmq_context.h"
#include "router/net/socket.h"

namespace zeroway {
namespace {

bool send_part(void* socket, std::string_view bytes, int flags) {
  return zmq_send(socket, bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT) >= 0;
}

// ZeroMQ binds to addresses and to names of interfaces, to no host names.
std::string why_not_bound(const zmq::error_t& error) {
  return error.num() == ENODEV ? "neither an address nor an interface of this machine" : error.what();
}

// Addresses as people write them: an IPv4 address in its own form, a process by its number.
std::string shown_address(std::string address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped) && address.find('.') != std::string::npos) return address.substr(kMapped.size());
  const std::size_t last = address.rfind(':');
  const bool is_process = address.starts_with(':') && std::count(address.begin(), address.end(), ':') == 3 &&
                          address.find_first_not_of(":0123456789") == std::string::npos && !address.starts_with("::");
  return is_process ? "process " + address.substr(last + 1) : address;
}

}  // namespace

// One received part; its bytes are good until the next receive().
class ZmqWire::Part {
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
  // The address of the peer, without the port. For an ipc endpoint: ":user:group:process".
  [[nodiscard]] std::string address() {
    const char* text = zmq_msg_gets(&message_, "Peer-Address");
    return text == nullptr ? "" : text;
  }

 private:
  zmq_msg_t message_;
};

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
  // A full pipe stops a connection's input. libzmq 4.3.4 aborts when such a connection ends and then has something to
  // write (`!_io_error`): a heartbeat, or the answer to the peer's heartbeat. Credit and the idle-talk budget bound
  // what workers may send. A peer that sends anything else is cut.
  socket.set(zmq::sockopt::rcvhwm, 0);
  socket.set(zmq::sockopt::linger, static_cast<int>(kFabricLinger.count()));
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMaxMessageSize));
  socket.set(zmq::sockopt::handshake_ivl, static_cast<int>(kFabricHandshake.count()));
  ZmqDoor::guard(socket);
  if (gate_) gate_->guard(socket);
}

// ZeroMQ removes the file of an ipc endpoint before it binds. That would take the endpoint from a live router, and
// would delete any other file of that name.
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
    // On steer the fabric pings. On deal no peer sends messages: there ZeroMQ itself finds the connections of workers
    // that hang. The timeout is far longer than a pause of this process: after a pause ZeroMQ looks at its timers
    // before it reads.
    deal_.set(zmq::sockopt::heartbeat_ivl, static_cast<int>(kDealHeartbeat.count()));
    deal_.set(zmq::sockopt::heartbeat_timeout, static_cast<int>(kDealTimeout.count()));
    // No ROUTER_HANDOVER: it stops the input of the connection that loses its routing id, see set_up().
    steer_.set(zmq::sockopt::router_mandatory, true);
    deal_watch_ =
        std::make_unique<ZmqWatch>(context_, deal_, "deal", [this](const ZmqWatch::News& news) { deal_told(news); });
    steer_watch_ =
        std::make_unique<ZmqWatch>(context_, steer_, "steer", [this](const ZmqWatch::News& news) { steer_told(news); });
    // Steer first: a worker that can reach deal can reach steer too.
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

// A send looks for new and ended connections only when ZeroMQ has not looked for 3 million ticks of the processor's
// clock. Reading the events always looks for them.
void ZmqWire::take_note() { (void)deal_.get(zmq::sockopt::events); }

bool ZmqWire::steer(const std::string& instance, const std::string& message) {
  must_receive_ = true;
  // The routing id may be gone (EHOSTUNREACH). Once ZeroMQ has taken the id, the payload goes to the same pipe, which
  // has no high-water mark.
  return send_part(steer_.handle(), instance, ZMQ_SNDMORE) && send_part(steer_.handle(), message, 0);
}

void ZmqWire::cut_at(ZmqWatch& watch, ConnectionId connection) {
  // ZeroMQ may close the connection at any time, and the descriptor's number may then belong to another connection.
  // ZeroMQ reports the end before it closes. So we first make a descriptor of our own: when no end is reported after
  // that, ours is of the connection that is meant. One case differs: unread messages of a connection whose end was
  // already told. Then our descriptor is of a peer that has connected to this socket since, and that peer dials again.
  const Socket own = share(connection);
  if (own.is_open() && watch.may_cut(connection)) end_connection(own);
}

ConnectionId ZmqWire::sender() { return handed_in_ == nullptr ? -1 : handed_in_->connection(); }

std::string ZmqWire::sender_address() { return handed_in_ == nullptr ? "" : shown_address(handed_in_->address()); }

bool ZmqWire::receive() {
  const bool is_all_of_deal = !must_read_deal_ || read_deal();
  Part id;
  Part payload;
  std::size_t bytes = 0;
  for (int i = 0; i < kMessagesPerTurn && bytes < kBytesPerTurn; ++i) {
    if (!id.receive(steer_.handle())) {
      must_receive_ = false;
      return is_all_of_deal;
    }
    if (!id.has_more() || !payload.receive(steer_.handle())) continue;
    bytes += payload.bytes().size();
    hand_in(id, payload);
  }
  return false;
}

void ZmqWire::hand_in(Part& id, Part& payload) {
  handed_in_ = &payload;
  if (payload.has_more()) {
    Part rest;
    while (rest.receive(steer_.handle()) && rest.has_more()) continue;
    events_->too_many_parts(as_text(id.bytes()));
  } else {
    ConnectionId connection = -1;
    if (begins_with_hello(payload.bytes())) {
      // Descriptors are used again: first tell the end of the connection that had this descriptor before.
      connection = payload.connection();
      steer_watch_->read_for(connection);
    }
    events_->message(as_text(id.bytes()), payload.bytes(), connection);
  }
  handed_in_ = nullptr;
}

void ZmqWire::door_ready() {
  // A peer that asks was accepted before. It must make the table uneven before ZeroMQ attaches it: streams dealt in
  // between could go to this peer.
  deal_watch_->read_arrivals();
  door_.answer(gate_.get(), [this](const std::string& address, const std::string& key) {
    events_->key_refused(shown_address(address), key);
  });
}

void ZmqWire::deal_ready() { must_read_deal_ = !read_deal(); }

// Returns whether all messages were read. Reading the events lets the socket take note of peers that came and went.
bool ZmqWire::read_deal() {
  Part part;
  for (int i = 0; i < kMessagesPerTurn; ++i) {
    if ((deal_.get(zmq::sockopt::events) & ZMQ_POLLIN) == 0) {
      must_read_deal_ = false;
      return true;
    }
    if (!part.receive(deal_.handle())) continue;
    events_->stranger("deal", shown_address(part.address()), "it is cut, nobody has anything to say there");
    cut_at(*deal_watch_, part.connection());
  }
  return false;
}

void ZmqWire::tell_watched() {
  const bool is_ready = std::exchange(is_watch_ready_, false);
  if (!is_ready && !deal_watch_->has_untold() && !steer_watch_->has_untold()) return;
  deal_watch_->read();
  steer_watch_->read();
}

int ZmqWire::deal_descriptor() { return deal_.get(zmq::sockopt::fd); }
int ZmqWire::steer_descriptor() { return steer_.get(zmq::sockopt::fd); }

void ZmqWire::deal_told(const ZmqWatch::News& news) {
  switch (news.what) {
    case ZmqWatch::What::came:
      return events_->deal_came(news.peers);
    case ZmqWatch::What::shook_hands:
      return events_->deal_shook_hands();
    case ZmqWatch::What::broke:
      return events_->deal_broke(news.peers);
    case ZmqWatch::What::failed:
      return events_->stranger("deal", news.address, news.detail);
  }
}

void ZmqWire::steer_told(const ZmqWatch::News& news) {
  switch (news.what) {
    case ZmqWatch::What::came:
      return events_->steer_came(news.connection, news.address);
    case ZmqWatch::What::shook_hands:
      return;
    case ZmqWatch::What::broke:
      return events_->steer_broke(news.connection);
    case ZmqWatch::What::failed:
      return events_->stranger("steer", news.address, news.detail);
  }
}

}  // namespace zeroway
