#include "worker_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "limits.h"
#include "proto/limits.h"
#include "worker_keys.h"

namespace zeroway {

namespace {

// A signal that the application handles (a profiler's comes a hundred times in a second) makes a call of ZeroMQ fail
// before it has done anything.
template <class Call>
int undisturbed(Call call) {
  int result = 0;
  do result = call();
  while (result < 0 && zmq_errno() == EINTR);
  return result;
}

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

class Received {
 public:
  Received() { zmq_msg_init(&message_); }
  ~Received() { zmq_msg_close(&message_); }
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;

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

// 'D' or 'S', the link's index, and how often it was dialled before: what ZeroMQ knows a connection by. A new one for
// each dial, because libzmq aborts the process when an alias is used while its old connection is still being taken
// down.
std::array<char, 9> make_alias(char socket, std::size_t index, std::uint32_t times) {
  std::string text(1, socket);
  append_u32(text, static_cast<std::uint32_t>(index));
  append_u32(text, times);
  std::array<char, 9> alias{};
  std::copy(text.begin(), text.end(), alias.begin());
  return alias;
}

}  // namespace

WorkerLoop::WorkerLoop(const WorkerOptions& options, const WorkerLog& log) : options_(options), log_(log) {
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

WorkerLoop::~WorkerLoop() {
  close_sockets();
  if (wake_fd_ >= 0) close(wake_fd_);
}

void WorkerLoop::close_sockets() {
  // First the watching, then who watches: an event with nobody to tell it to holds libzmq up, and leaks.
  if (monitor_ != nullptr) zmq_socket_monitor(socket_, nullptr, 0);
  if (monitor_ != nullptr) zmq_close(monitor_);
  if (socket_ != nullptr) zmq_close(socket_);
  if (context_ != nullptr) undisturbed([this] { return zmq_ctx_term(context_); });
  monitor_ = socket_ = context_ = nullptr;
}

void WorkerLoop::stop() {
  stops_.fetch_add(1);
  wake();
}

// Called by signal handlers too: only async-signal-safe functions.
void WorkerLoop::wake() {
  const std::uint64_t one = 1;
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
  errno = error;
}

bool WorkerLoop::failed(const std::string& what) {
  log_.error(what + ": " + zmq_strerror(zmq_errno()));
  return false;
}

bool WorkerLoop::open(const std::string& instance) {
  context_ = zmq_ctx_new();
  socket_ = context_ == nullptr ? nullptr : zmq_socket(context_, ZMQ_ROUTER);
  if (socket_ == nullptr) return failed("cannot make a socket");
  if (!set_options(instance)) return failed("cannot set a socket option");
  if (!set_keys()) return false;
  if (!open_monitor()) return failed("cannot watch the socket");
  socket_fd_ = fd_of(socket_);
  monitor_fd_ = fd_of(monitor_);
  return true;
}

bool WorkerLoop::set_options(const std::string& instance) {
  const std::int64_t max_message = kMaxMessageSize;
  return set_text(socket_, ZMQ_ROUTING_ID, instance) && set_int(socket_, ZMQ_ROUTER_MANDATORY, 1) &&
         set_int(socket_, ZMQ_LINGER, 0) && set_int(socket_, ZMQ_SNDHWM, 0) && set_int(socket_, ZMQ_RCVHWM, 0) &&
         set_int(socket_, ZMQ_HEARTBEAT_IVL, ms(kHeartbeatInterval)) &&
         set_int(socket_, ZMQ_HEARTBEAT_TIMEOUT, ms(kHeartbeatTimeout)) &&
         set_int(socket_, ZMQ_HEARTBEAT_TTL, ms(kHeartbeatTimeout)) &&
         set_int(socket_, ZMQ_RECONNECT_IVL, ms(kReconnectInterval)) &&
         set_int(socket_, ZMQ_CONNECT_TIMEOUT, ms(kConnectTimeout)) && set_int(socket_, ZMQ_IPV6, 1) &&
         zmq_setsockopt(socket_, ZMQ_MAXMSGSIZE, &max_message, sizeof max_message) == 0;
}

bool WorkerLoop::set_keys() {
  if (options_.key_file.empty()) return true;
  try {
    const WorkerKeys keys = read_worker_keys(options_.key_file, options_.router_key);
    if (set_text(socket_, ZMQ_CURVE_SERVERKEY, keys.router_public) &&
        set_text(socket_, ZMQ_CURVE_PUBLICKEY, keys.own_public) && set_text(socket_, ZMQ_CURVE_SECRETKEY, keys.secret))
      return true;
    return failed("cannot set the keys");
  } catch (const std::exception& error) {
    log_.error(error.what());
    return false;
  }
}

bool WorkerLoop::open_monitor() {
  const std::string endpoint = "inproc://monitor";  // the context is this worker's own
  const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED |
                     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
  if (zmq_socket_monitor(socket_, endpoint.c_str(), events) != 0) return false;
  monitor_ = zmq_socket(context_, ZMQ_PAIR);
  return monitor_ != nullptr && set_int(monitor_, ZMQ_LINGER, 0) &&
         undisturbed([&] { return zmq_connect(monitor_, endpoint.c_str()); }) == 0;
}

void WorkerLoop::dial(Dialled& dialled, const std::string& endpoint, char socket, std::size_t index) {
  const Alias alias = make_alias(socket, index, ++dialled.times);
  ++dialled.fails;
  is_dry_ = false;
  dialled.again_at = socket == 'D' ? WorkerClock::now() + kDealPatience : WorkerClock::time_point::max();
  if (zmq_setsockopt(socket_, ZMQ_CONNECT_ROUTING_ID, alias.data(), alias.size()) != 0 ||
      undisturbed([&] { return zmq_connect(socket_, endpoint.c_str()); }) != 0) {
    core_->complain("cannot connect to " + endpoint + ": " + zmq_strerror(zmq_errno()));
    return dial_later(dialled);
  }
  std::array<char, 512> spelled{};
  std::size_t size = spelled.size();
  const bool is_told = zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, spelled.data(), &size) == 0;
  dialled.endpoint = is_told ? spelled.data() : endpoint;
}

void WorkerLoop::hang_up(Dialled& dialled) {
  is_dry_ = false;
  if (!dialled.endpoint.empty()) undisturbed([&] { return zmq_disconnect(socket_, dialled.endpoint.c_str()); });
  dialled.endpoint.clear();
  dialled.again_at = WorkerClock::time_point::max();
}

bool WorkerLoop::dial_new_links() {
  while (pairs_.size() < core_->links().size()) {
    const std::size_t index = pairs_.size();
    Dialled& steer = pairs_.emplace_back().steer;
    dial(steer, core_->links()[index]->steer(), 'S', index);
    if (steer.endpoint.empty()) return false;
  }
  return true;
}

// Only a welcomed worker is connected to deal: being there as a stranger, or when nothing more is dealt to it, makes
// the router's table uneven, and what is dealt to a connection that is given up again is lost.
void WorkerLoop::dial_deals() {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const RouterLink& link = *core_->links()[i];
    Dialled& deal = pairs_[i].deal;
    const bool is_wanted = link.is_welcomed() && !link.is_confirmed() && !link.deal().empty();
    const bool is_waiting = deal.endpoint.empty() && deal.again_at != WorkerClock::time_point::max();
    if (is_wanted == (is_waiting || !deal.endpoint.empty())) continue;
    if (!is_wanted) {
      hang_up(deal);
      continue;
    }
    read_monitor();  // the welcome may be of a connection that has broken off since
    if (link.is_welcomed()) dial(deal, link.deal(), 'D', i);
  }
}

void WorkerLoop::dial_again(WorkerClock::time_point now) {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const RouterLink& link = *core_->links()[i];
    if (pairs_[i].steer.again_at <= now) {
      hang_up(pairs_[i].steer);
      dial(pairs_[i].steer, link.steer(), 'S', i);
    }
    if (pairs_[i].deal.again_at <= now) {
      hang_up(pairs_[i].deal);
      dial(pairs_[i].deal, link.deal(), 'D', i);
    }
  }
}

// Dialling goes on for ever without a word, as it should for a router that is not there yet: somebody must hear of it
// when it never comes.
void WorkerLoop::look_for_routers(WorkerClock::time_point now) {
  constexpr auto kNever = WorkerClock::time_point::max();
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    Pair& pair = pairs_[i];
    const RouterLink& link = *core_->links()[i];
    if (link.is_welcomed()) {
      if (std::exchange(pair.is_missed, false)) log_.info("welcome at " + link.steer() + " now");
      pair.missed_at = kNever;
    } else if (pair.missed_at == kNever && !pair.is_missed) {
      pair.missed_at = now + kRouterPatience;
    } else if (pair.missed_at <= now) {
      pair.missed_at = kNever;
      pair.is_missed = true;
      log_.warning("no router welcomes this worker at " + link.steer() + "; it goes on trying");
    }
  }
}

int WorkerLoop::run(WorkerCore& core) {
  core_ = &core;
  const int status = serve();
  close_sockets();
  return status;
}

int WorkerLoop::serve() {
  if (!dial_new_links()) return 2;
  read_monitor();
  for (unsigned turns = 1;; ++turns) {
    const auto now = WorkerClock::now();
    core_->begin_turn(now);
    bool is_busy = receive();
    is_busy |= core_->end_turn();
    (void)dial_new_links();
    dial_deals();
    dial_again(now);
    look_for_routers(now);
    send_all();
    is_busy |= !is_dry_;
    if (stops_.load(std::memory_order_relaxed) > 0) {
      if (!core_->is_draining()) {
        log_.info("leaving");
        drain_until_ = now + options_.drain_timeout;
        core_->begin_drain();
        continue;
      }
      if (core_->is_drained()) return finish();
      if (stops_.load() > 1 || now >= drain_until_) return finish();
    }
    if (!is_busy || turns % kTurnsBetweenPolls == 0)
      wait(std::min({core_->next_timer(), drain_until_, next_dial()}), is_busy);
  }
}

int WorkerLoop::finish() {
  const std::size_t dropped = core_->cancel_all();
  if (dropped > 0) log_.warning(std::to_string(dropped) + " requests were not finished in time");
  (void)core_->end_turn();
  send_all();
  const bool has_peer =
      std::any_of(core_->links().begin(), core_->links().end(), [](const auto& link) { return link->is_up(); });
  set_int(socket_, ZMQ_LINGER, has_peer ? ms(kFarewellTime) : 0);
  return dropped > 0 ? 1 : 0;
}

bool WorkerLoop::receive() {
  int received = 0;
  while (received < kReadAtOnce && receive_one()) ++received;
  return received > 0;
}

bool WorkerLoop::receive_one() {
  Received from, payload;
  is_dry_ = !from.receive(socket_);
  if (is_dry_) return false;
  const Bytes alias = from.bytes();
  const std::size_t index = alias.size() == Alias().size() ? read_u32(alias.data() + 1) : core_->links().size();
  if (!from.has_more() || !payload.receive(socket_)) return true;
  for (Received extra; payload.has_more() && extra.receive(socket_) && extra.has_more();) {
  }  // one part is all there should be; more are passed over
  if (index < core_->links().size()) core_->links()[index]->receive(payload.bytes());
  return true;
}

void WorkerLoop::send_all() {
  for (const auto& link : core_->links())
    if (!link->out().is_empty()) send(*link);
}

void WorkerLoop::send(RouterLink& link) {
  if (!link.is_up()) return link.out().clear();
  std::size_t index = 0;
  while (core_->links()[index].get() != &link) ++index;
  const Alias alias = make_alias('S', index, pairs_[index].steer.times);
  is_dry_ = false;
  if (undisturbed([&] { return zmq_send(socket_, alias.data(), alias.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT); }) < 0) {
    core_->complain("cannot send to " + link.steer() + ": " + zmq_strerror(zmq_errno()));
    return link.out().clear();
  }
  zmq_msg_t message;
  if (!make_message(message, link.out())) std::abort();  // no memory: a half-sent message cannot be taken back
  if (undisturbed([&] { return zmq_msg_send(&message, socket_, ZMQ_DONTWAIT); }) < 0) zmq_msg_close(&message);
}

// Events come as two parts: number and value, then the endpoint (zmq_socket_monitor(3)).
void WorkerLoop::read_monitor() {
  while (true) {
    Received event, endpoint;
    if (!event.receive(monitor_)) return;
    if (!event.has_more() || !endpoint.receive(monitor_) || event.bytes().size() < 2) continue;
    std::uint16_t kind = 0;
    std::memcpy(&kind, event.bytes().data(), sizeof kind);
    const std::string_view address = as_text(endpoint.bytes());
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (address == pairs_[i].deal.endpoint) tell(pairs_[i].deal, kind);
      if (address == pairs_[i].steer.endpoint) tell_steer(pairs_[i].steer, *core_->links()[i], kind);
    }
  }
}

void WorkerLoop::tell_steer(Dialled& steer, RouterLink& link, std::uint16_t event) {
  tell(steer, event);
  if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) link.up();
  if (event == ZMQ_EVENT_DISCONNECTED) link.down();
}

void WorkerLoop::tell(Dialled& dialled, std::uint16_t event) {
  const auto blame = [&](std::string_view why) {
    if (!dialled.is_blamed) core_->complain(dialled.endpoint + std::string(why));
    dialled.is_blamed = true;
  };
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return blame(" refuses this worker's key");
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return blame(" is no router, or wants CURVE keys (--key, --router-key)");
    case ZMQ_EVENT_DISCONNECTED:
    case ZMQ_EVENT_CONNECT_RETRIED:
      return dial_later(dialled);
    default:  // it stands
      dialled.again_at = WorkerClock::time_point::max();
      dialled.fails = 0;
      dialled.is_blamed = false;
  }
}

// Of two events about one failure the first counts.
void WorkerLoop::dial_later(Dialled& dialled) {
  const std::chrono::milliseconds pause = std::clamp(dialled.fails * kDialAgain, kDialAgain, kLongestPause);
  const std::chrono::milliseconds jitter(std::uniform_int_distribution<int>(0, ms(kDialJitter))(random_));
  dialled.again_at = std::min(dialled.again_at, WorkerClock::now() + pause + jitter);
}

WorkerClock::time_point WorkerLoop::next_dial() const {
  auto next = WorkerClock::time_point::max();
  for (const Pair& pair : pairs_) next = std::min({next, pair.deal.again_at, pair.steer.again_at, pair.missed_at});
  return next;
}

void WorkerLoop::wait(WorkerClock::time_point until, bool is_busy) {
  int timeout = is_busy ? 0 : -1;
  if (!is_busy && until != WorkerClock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - WorkerClock::now()).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  std::array<pollfd, 3> watched{pollfd{socket_fd_, POLLIN, 0}, {monitor_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
  if (poll(watched.data(), watched.size(), timeout) <= 0) return;
  if (watched[1].revents != 0) read_monitor();
  if (watched[2].revents == 0) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof count);
}

}  // namespace zeroway
