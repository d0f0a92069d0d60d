#include "zmq_socket.h"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "limits.h"
#include "proto/limits.h"
#include "undisturbed.h"
#include "worker_keys.h"

namespace zeroway {

namespace {

bool set_int(void* socket, int option, int value) { return zmq_setsockopt(socket, option, &value, sizeof value) == 0; }

bool set_text(void* socket, int option, const std::string& text) {
  return zmq_setsockopt(socket, option, text.data(), text.size()) == 0;
}

int ms(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

int fd_of(void* socket) {
  int fd = -1;
  std::size_t size = sizeof fd;
  zmq_getsockopt(socket, ZMQ_FD, &fd, &size);
  return fd;
}

void free_string(void*, void* hint) { delete static_cast<std::string*>(hint); }

bool make_message(zmq_msg_t& message, MessageWriter& writer) {
  if (writer.size() <= kCopyUpTo) {
    if (zmq_msg_init_size(&message, writer.size()) != 0) return false;
    std::memcpy(zmq_msg_data(&message), writer.bytes().data(), writer.size());
    writer.clear();
    return true;
  }
  auto* owned = new std::string(writer.take());
  return zmq_msg_init_data(&message, owned->data(), owned->size(), free_string, owned) == 0;
}

Error failed(const std::string& what = {}) {
  return Error{Fault::backend, Code::internal, false, (what.empty() ? what : what + ": ") + zmq_strerror(zmq_errno())};
}

ZmtpFault fault_of(std::uint16_t kind, std::uint32_t value) {
  if (kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) return ZmtpFault::refused;
  const bool is_mechanism =
      kind == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL && value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH;
  return is_mechanism ? ZmtpFault::mechanism : ZmtpFault::none;
}

// The alias by which ZeroMQ knows a connection: its key as bytes.
using Alias = std::array<char, 9>;

Alias alias_of(const ConnectionKey& key) {
  std::string bytes(1, static_cast<char>(key.socket));
  append_u32(bytes, key.link);
  append_u32(bytes, key.times);
  Alias alias{};
  std::copy(bytes.begin(), bytes.end(), alias.begin());
  return alias;
}

std::optional<ConnectionKey> read_alias(Bytes alias) {
  if (alias.size() != std::tuple_size_v<Alias>) return std::nullopt;
  return ConnectionKey{static_cast<ConnectionKey::Socket>(alias[0]), read_u32(alias.data() + 1),
                       read_u32(alias.data() + 5)};
}

// One received part of a message.
class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  [[nodiscard]] bool receive(void* socket) {
    return undisturbed([&] { return zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT); }) >= 0;
  }
  [[nodiscard]] bool has_more() const { return zmq_msg_more(&message_) != 0; }
  [[nodiscard]] Bytes bytes() {
    return {static_cast<const std::uint8_t*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }

 private:
  zmq_msg_t message_;
};

}  // namespace

Result<> ZmqSocket::open(const WorkerOptions& options) {
  context_ = zmq_ctx_new();
  socket_ = context_ == nullptr ? nullptr : zmq_socket(context_, ZMQ_ROUTER);
  if (socket_ == nullptr) return failed("cannot make a socket");
  if (!set_options()) return failed("cannot set a socket option");
  if (auto set = set_keys(options); !set) return set;
  if (!open_monitor()) return failed("cannot watch the socket");
  fd_ = fd_of(socket_);
  monitor_fd_ = fd_of(monitor_);
  read_events();  // ZMQ_FD reports an event only after a read has found none
  return {};
}

// Without ZMQ_HEARTBEAT_IVL: see link_health.h.
bool ZmqSocket::set_options() {
  const std::int64_t max_message = kMaxMessageSize;
  return set_int(socket_, ZMQ_ROUTER_MANDATORY, 1) && set_int(socket_, ZMQ_LINGER, 0) &&
         set_int(socket_, ZMQ_SNDHWM, 0) && set_int(socket_, ZMQ_RCVHWM, 0) &&
         set_int(socket_, ZMQ_RECONNECT_IVL, ms(kReconnectInterval)) &&
         set_int(socket_, ZMQ_CONNECT_TIMEOUT, ms(kConnectTimeout)) &&
         set_int(socket_, ZMQ_TCP_MAXRT, ms(kTcpPatience)) && set_int(socket_, ZMQ_IPV6, 1) &&
         zmq_setsockopt(socket_, ZMQ_MAXMSGSIZE, &max_message, sizeof max_message) == 0;
}

Result<> ZmqSocket::set_keys(const WorkerOptions& options) {
  if (options.key_file.empty()) return {};
  try {
    const WorkerKeys keys = read_worker_keys(options.key_file, options.router_key);
    if (set_text(socket_, ZMQ_CURVE_SERVERKEY, keys.router_public) &&
        set_text(socket_, ZMQ_CURVE_PUBLICKEY, keys.own_public) && set_text(socket_, ZMQ_CURVE_SECRETKEY, keys.secret))
      return {};
    return failed("cannot set the keys");
  } catch (const std::exception& error) {
    return Error{Fault::backend, Code::internal, false, error.what()};
  }
}

bool ZmqSocket::open_monitor() {
  const std::string endpoint = "inproc://monitor";  // the context is this worker's own
  const int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                     ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
  if (zmq_socket_monitor(socket_, endpoint.c_str(), events) != 0) return false;
  monitor_ = zmq_socket(context_, ZMQ_PAIR);
  return monitor_ != nullptr && set_int(monitor_, ZMQ_LINGER, 0) &&
         undisturbed([&] { return zmq_connect(monitor_, endpoint.c_str()); }) == 0;
}

void ZmqSocket::close(std::chrono::milliseconds linger) {
  if (socket_ != nullptr) set_int(socket_, ZMQ_LINGER, ms(linger));
  // First stop watching, then close the monitor: an event without a reader blocks libzmq, and leaks.
  if (monitor_ != nullptr) zmq_socket_monitor(socket_, nullptr, 0);
  if (monitor_ != nullptr) zmq_close(monitor_);
  if (socket_ != nullptr) zmq_close(socket_);
  if (context_ != nullptr) undisturbed([this] { return zmq_ctx_term(context_); });
  monitor_ = socket_ = context_ = nullptr;
}

Result<> ZmqSocket::connect(const std::string& endpoint, const ConnectionKey& key, const std::string& instance) {
  is_dry_ = false;
  const Alias name = alias_of(key);
  // libzmq copies the routing id into the connection that this call makes.
  if (!set_text(socket_, ZMQ_ROUTING_ID, instance) ||
      zmq_setsockopt(socket_, ZMQ_CONNECT_ROUTING_ID, name.data(), name.size()) != 0 ||
      undisturbed([&] { return zmq_connect(socket_, endpoint.c_str()); }) != 0)
    return failed();
  std::array<char, 512> spelled{};
  std::size_t size = spelled.size();
  const bool is_told = zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, spelled.data(), &size) == 0;
  dialled_.push_back({key, is_told ? std::string(spelled.data()) : endpoint});
  return {};
}

void ZmqSocket::disconnect(const ConnectionKey& key, std::chrono::milliseconds linger) {
  const auto found =
      std::find_if(dialled_.begin(), dialled_.end(), [&](const Dialled& dialled) { return dialled.key == key; });
  if (found == dialled_.end()) return;
  is_dry_ = false;
  set_int(socket_, ZMQ_LINGER, ms(linger));
  undisturbed([&] { return zmq_disconnect(socket_, found->spelled.c_str()); });
  set_int(socket_, ZMQ_LINGER, 0);
  dialled_.erase(found);
}

bool ZmqSocket::has_ended(const ConnectionKey& key) {
  read_events();
  const auto is_of_it = [&](const SocketEvent& event) {
    const bool is_end = event.kind != ZMQ_EVENT_CONNECTED && event.kind != ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    return is_end && std::any_of(dialled_.begin(), dialled_.end(), [&](const Dialled& dialled) {
             return dialled.key == key && dialled.spelled == event.endpoint;
           });
  };
  return std::any_of(events_.begin(), events_.end(), is_of_it);
}

Result<> ZmqSocket::send(const ConnectionKey& to, MessageWriter& writer) {
  is_dry_ = false;
  const Alias name = alias_of(to);
  if (undisturbed([&] { return zmq_send(socket_, name.data(), name.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT); }) < 0) {
    writer.clear();
    return failed();
  }
  zmq_msg_t message;
  if (!make_message(message, writer)) std::abort();  // out of memory: a half-sent message cannot be taken back
  if (undisturbed([&] { return zmq_msg_send(&message, socket_, ZMQ_DONTWAIT); }) < 0) zmq_msg_close(&message);
  return {};
}

bool ZmqSocket::receive(TimePoint, WireEvents& events) {
  for (; !events_.empty(); events_.pop_front()) tell(events_.front(), events);
  int received = 0;
  while (received < kReadAtOnce && receive_one(events)) ++received;
  return received > 0;
}

bool ZmqSocket::receive_one(WireEvents& events) {
  Part from, payload;
  is_dry_ = !from.receive(socket_);
  if (is_dry_) return false;
  if (from.has_more() && payload.receive(socket_)) {
    for (Part extra; payload.has_more() && extra.receive(socket_) && extra.has_more();) {
    }  // a payload has one part; further parts are skipped
  }
  if (const auto key = read_alias(from.bytes())) events.message(*key, payload.bytes());
  return true;
}

void ZmqSocket::add_sockets(std::vector<pollfd>& sockets) const {
  sockets.push_back({fd_, POLLIN, 0});
  sockets.push_back({monitor_fd_, POLLIN, 0});
}

void ZmqSocket::take(std::span<const pollfd> sockets) {
  if (sockets[1].revents != 0) read_events();
}

void ZmqSocket::read_events() {
  while (auto event = next_event()) events_.push_back(std::move(*event));
}

// An event has two parts: number and value, then the endpoint (zmq_socket_monitor(3)).
std::optional<ZmqSocket::SocketEvent> ZmqSocket::next_event() {
  while (monitor_ != nullptr) {
    Part head, endpoint;
    if (!head.receive(monitor_)) return std::nullopt;
    if (!head.has_more() || !endpoint.receive(monitor_)) continue;
    SocketEvent event;
    if (head.bytes().size() < sizeof event.kind + sizeof event.value) continue;
    std::memcpy(&event.kind, head.bytes().data(), sizeof event.kind);
    std::memcpy(&event.value, head.bytes().data() + sizeof event.kind, sizeof event.value);
    event.endpoint = as_text(endpoint.bytes());
    return event;
  }
  return std::nullopt;
}

void ZmqSocket::tell(const SocketEvent& event, WireEvents& events) const {
  for (const Dialled& dialled : dialled_) {
    if (dialled.spelled != event.endpoint) continue;
    switch (event.kind) {
      case ZMQ_EVENT_CONNECTED:
        events.connected(dialled.key);
        break;
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        events.shook_hands(dialled.key);
        break;
      case ZMQ_EVENT_DISCONNECTED:
      case ZMQ_EVENT_CONNECT_RETRIED:
        events.broke(dialled.key, {});
        break;
      default:
        events.handshake_failed(dialled.key, fault_of(event.kind, event.value));
    }
  }
}

}  // namespace zeroway
