#include "worker_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "join_cause.h"
#include "limits.h"
#include "proto/instance.h"
#include "proto/limits.h"

namespace zeroway {

WorkerLoop::WorkerLoop(const WorkerOptions& options, const WorkerLog& log)
    : options_(options), log_(log), names_(options.connect, log), watch_(kLongestTurn) {
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

WorkerLoop::~WorkerLoop() {
  socket_.close(0);
  if (wake_fd_ >= 0) close(wake_fd_);
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

bool WorkerLoop::open() {
  const auto opened = socket_.open(options_);
  if (!opened) log_.error(opened.error().detail);
  return opened.has_value();
}

int WorkerLoop::run(WorkerSession& session) {
  session_ = &session;
  const int status = serve();
  socket_.close(linger_);
  return status;
}

int WorkerLoop::serve() {
  read_events();  // ZMQ_FD reports an event only after a read has found none
  for (unsigned turns = 1;; ++turns) {
    now_ = WorkerClock::now();
    if (watch_.begin_turn(now_)) judge_nobody();
    session_->begin_turn(now_);
    bool is_busy = receive();
    is_busy |= session_->end_turn();
    follow_names();
    tend_links();
    send_all();
    is_busy |= !socket_.is_dry();
    if (stops_.load(std::memory_order_relaxed) > 0) {
      if (!session_->is_draining()) {
        log_.info("leaving");
        drain_until_ = now_ + options_.drain_timeout;
        session_->begin_drain();
        continue;
      }
      if (session_->is_drained()) return finish();
      if (stops_.load() > 1 || now_ >= drain_until_) return finish();
    }
    if (!is_busy || turns % kTurnsBetweenPolls == 0) wait(next_turn(), is_busy);
  }
}

int WorkerLoop::finish() {
  const std::size_t dropped = session_->cancel_all();
  if (dropped > 0) log_.warning(std::to_string(dropped) + " requests were not finished in time");
  (void)session_->end_turn();
  send_all();
  const bool has_peer =
      std::any_of(session_->links().begin(), session_->links().end(), [](const auto& link) { return link->is_up(); });
  linger_ = has_peer ? static_cast<int>(kFarewellTime.count()) : 0;
  return dropped > 0 ? 1 : 0;
}

void WorkerLoop::follow_names() {
  if (names_.step(now_)) session_->set_routers(names_.addresses());
}

// This worker itself did not run, so the routers only seem silent: messages of that time have not been read yet.
void WorkerLoop::judge_nobody() {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    LinkHealth& health = link(i).health();
    if (health.is_watching()) health.begin(now_);
    for (Connection* const connection : {&pairs_[i].deal, &pairs_[i].steer}) {
      const bool is_judged = connection->stage == Stage::connected || connection->stage == Stage::stands;
      if (is_judged && connection->again_at != kNever)
        connection->again_at = std::max(connection->again_at, now_ + kHandshakePatience);
    }
  }
}

void WorkerLoop::tend_links() {
  pairs_.resize(std::max(pairs_.size(), session_->links().size()));
  for (std::size_t i = 0; i < pairs_.size(); ++i) tend(i);
}

void WorkerLoop::tend(std::size_t index) {
  Pair& pair = pairs_[index];
  if (pair.uses != link(index).uses()) {
    pair.uses = link(index).uses();
    pair.first_deal = pair.deal.times + 1;
    pair.report = {};
    pair.steer.fails = pair.deal.fails = 0;
  }
  switch (link(index).role()) {
    case RouterLink::Role::unused:
      return;
    case RouterLink::Role::serving:
      tend_health(index);
      tend_steer(index);
      tend_deal(index);
      return tend_report(index);
    default:
      return tend_given_up(index);
  }
}

void WorkerLoop::tend_given_up(std::size_t index) {
  Pair& pair = pairs_[index];
  tend_health(index);
  tend_deal(index);  // no stream is dealt to a left link
  pair.probe.reset();
  pair.report = {};
  pair.steer.again_at = kNever;
  const bool is_dialled = pair.steer.stage != Stage::idle;
  if (!is_dialled && link(index).role() == RouterLink::Role::duplicate) return;
  if (!link(index).is_left(now_)) return;
  hang_up(pair.deal, kFarewellTime);
  hang_up(pair.steer, kFarewellTime);
  session_->hung_up(link(index));
}

void WorkerLoop::tend_health(std::size_t index) {
  switch (link(index).health().look(now_)) {
    case LinkHealth::Verdict::fine:
      return;
    case LinkHealth::Verdict::ask:
      return link(index).ask();
    case LinkHealth::Verdict::silent:
      break;
  }
  const auto patience = link(index).health().timeout();
  session_->complain(link(index).label() + " is silent for " + std::to_string(patience.count()) +
                     " ms: it is dialled anew");
  steer_broke(index);
}

void WorkerLoop::tend_steer(std::size_t index) {
  Connection& steer = pairs_[index].steer;
  if (steer.stage == Stage::idle) return dial(index, Alias::Socket::steer);
  if (steer.again_at > now_) return;
  // An answer that has not come by now does not come.
  if (steer.stage == Stage::connected) failed(index, no_handshake(0, 0, !options_.key_file.empty()));
  if (steer.stage == Stage::stands)
    failed(index, link(index).refusal().empty() ? no_welcome() : refused(link(index).refusal()));
  if (steer.stage != Stage::broken) steer_broke(index);
  dial(index, Alias::Socket::steer);
}

// Only a welcomed worker is connected to deal. A worker that is connected as a stranger, or when the router deals
// nothing more to it, makes the router's table uneven; and streams dealt to a connection that is given up are lost.
void WorkerLoop::tend_deal(std::size_t index) {
  Connection& deal = pairs_[index].deal;
  const auto is_wanted = [&] { return session_->is_dealt_to(link(index)); };
  if (!is_wanted()) return hang_up(deal);
  if (deal.stage != Stage::idle && deal.again_at > now_) return;
  read_events();  // the connection of the WELCOME may have broken since
  if (is_wanted()) dial(index, Alias::Socket::deal);
}

void WorkerLoop::tend_report(std::size_t index) {
  Pair& pair = pairs_[index];
  if (link(index).is_welcomed()) {
    pair.report.joined();
    pair.probe.reset();
    pair.steer.again_at = kNever;  // from here on the heartbeats judge it
    return;
  }
  if (pair.steer.stage == Stage::stands && pair.steer.again_at == kNever)
    pair.steer.again_at = now_ + kWelcomePatience;  // the router dropped this worker, and the worker says HELLO again
  if (!link(index).refusal().empty()) failed(index, refused(link(index).refusal()));
  if (pair.probe) {
    const auto error = pair.probe->result(now_);
    if (error && *error != 0) failed(index, no_connection(*error));
    if (error) pair.probe.reset();
  }
  const auto cause = pair.report.due(now_);
  if (!cause) return;
  const std::string line = link(index).label() + ": " + *cause + "; it is dialled again and again";
  // "localhost" has two addresses, a router there often listens at one.
  const bool is_usual =
      link(index).target().typed.starts_with("tcp://localhost:") && session_->is_served_elsewhere(link(index));
  log_.write(is_usual ? LogLevel::debug : LogLevel::warning, line);
}

void WorkerLoop::failed(std::size_t index, std::string cause) { pairs_[index].report.failed(std::move(cause), now_); }

// The connection failed. ZeroMQ does not say why.
void WorkerLoop::look_why(std::size_t index) {
  Pair& pair = pairs_[index];
  if (pair.probe || now_ < pair.probe_at) return;
  pair.probe_at = now_ + kProbeInterval;
  pair.probe = std::make_unique<ConnectProbe>(link(index).steer(), now_);
}

std::chrono::milliseconds WorkerLoop::deal_patience(std::size_t index) {
  return std::max<std::chrono::milliseconds>(kLeastDealPatience, 3 * link(index).health().timeout());
}

void WorkerLoop::dial(std::size_t index, Alias::Socket socket) {
  const bool is_steer = socket == Alias::Socket::steer;
  Connection& connection = is_steer ? pairs_[index].steer : pairs_[index].deal;
  hang_up(connection);
  connection.stage = Stage::dialling;
  ++connection.fails;
  connection.again_at = now_ + (is_steer ? kConnectTimeout + kHandshakePatience : kDealPatience);
  const Alias alias{socket, static_cast<std::uint32_t>(index), ++connection.times};
  const std::string& endpoint = is_steer ? link(index).steer() : link(index).deal();
  // The deal socket of a router is a DEALER: it looks at no routing id.
  auto spelled =
      socket_.connect(endpoint, alias, is_steer ? link(index).new_instance() : make_instance(session_->name()));
  if (spelled) {
    connection.spelled = std::move(*spelled);
    return;
  }
  failed(index, std::string("it cannot be dialled (") + zmq_strerror(zmq_errno()) + ")");
  connection.stage = Stage::broken;
  dial_later(connection);
}

void WorkerLoop::hang_up(Connection& connection, std::chrono::milliseconds linger) {
  if (!connection.spelled.empty()) socket_.disconnect(connection.spelled, static_cast<int>(linger.count()));
  connection.spelled.clear();
  connection.stage = Stage::idle;
  connection.again_at = kNever;
}

// When two events report one failure, the first counts.
void WorkerLoop::dial_later(Connection& connection) {
  const std::chrono::milliseconds pause = std::clamp(connection.fails * kDialAgain, kDialAgain, kLongestPause);
  std::uniform_int_distribution<std::int64_t> jitter(0, kDialJitter.count());
  connection.again_at = std::min(connection.again_at, now_ + pause + std::chrono::milliseconds(jitter(random_)));
}

bool WorkerLoop::receive() {
  int received = 0;
  while (received < kReadAtOnce && receive_one()) ++received;
  return received > 0;
}

bool WorkerLoop::receive_one() {
  Part from, payload;
  if (!socket_.receive(from, payload)) return false;
  const auto alias = Alias::from(from.bytes());
  if (!alias || alias->link >= pairs_.size()) return true;
  Pair& pair = pairs_[alias->link];
  if (alias->socket == Alias::Socket::steer) {
    // State of an earlier connection is over.
    if (alias->times == pair.steer.times) link(alias->link).receive(payload.bytes());
    return true;
  }
  if (alias->times < pair.first_deal) return true;
  if (pair.deal.stage == Stage::stands) pair.deal.again_at = now_ + deal_patience(alias->link);
  link(alias->link).receive(payload.bytes());
  return true;
}

void WorkerLoop::send_all() {
  for (const auto& link : session_->links())
    if (!link->out().is_empty()) send(*link);
}

void WorkerLoop::send(RouterLink& link) {
  if (!link.is_up()) return link.out().clear();
  std::size_t index = 0;
  while (session_->links()[index].get() != &link) ++index;
  const Alias alias{Alias::Socket::steer, static_cast<std::uint32_t>(index), pairs_[index].steer.times};
  if (!socket_.send(alias, link.out()))
    session_->complain("cannot send to " + link.label() + ": " + zmq_strerror(zmq_errno()));
}

void WorkerLoop::read_events() {
  while (const auto event = socket_.next_event()) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (event->endpoint == pairs_[i].deal.spelled) take_deal(i, *event);
      if (event->endpoint == pairs_[i].steer.spelled) take_steer(i, *event);
    }
  }
}

void WorkerLoop::take_deal(std::size_t index, const SocketEvent& event) {
  Connection& deal = pairs_[index].deal;
  switch (event.kind) {
    case ZMQ_EVENT_CONNECTED:
      deal.stage = Stage::connected;
      return;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      deal.stage = Stage::stands;
      deal.fails = 0;
      deal.again_at = now_ + deal_patience(index);
      return;
    case ZMQ_EVENT_DISCONNECTED:
    case ZMQ_EVENT_CONNECT_RETRIED:
      deal.stage = Stage::broken;
      return dial_later(deal);
    default:
      return;  // why it failed does not matter here: the event that breaks the connection comes too
  }
}

void WorkerLoop::take_steer(std::size_t index, const SocketEvent& event) {
  Connection& steer = pairs_[index].steer;
  const bool has_keys = !options_.key_file.empty();
  switch (event.kind) {
    case ZMQ_EVENT_CONNECTED:
      steer.stage = Stage::connected;
      steer.again_at = now_ + kHandshakePatience;
      return;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      steer.stage = Stage::stands;
      steer.fails = 0;
      steer.again_at = now_ + kWelcomePatience;
      return link(index).up();
    case ZMQ_EVENT_CONNECT_RETRIED:
      if (steer.stage == Stage::dialling) look_why(index);
      return steer_broke(index);
    case ZMQ_EVENT_DISCONNECTED:
      if (steer.stage == Stage::connected) failed(index, no_handshake(0, 0, has_keys));
      if (steer.stage == Stage::stands && !link(index).is_welcomed()) failed(index, broken_before_welcome());
      return steer_broke(index);
    default:  // the handshake failed
      failed(index, no_handshake(event.kind, event.value, has_keys));
      return steer_broke(index);
  }
}

void WorkerLoop::steer_broke(std::size_t index) {
  Connection& steer = pairs_[index].steer;
  steer.stage = Stage::broken;
  link(index).down();
  dial_later(steer);
  names_.broke(link(index).target().typed, link(index).deal());
}

WorkerClock::time_point WorkerLoop::next_turn() const {
  auto next = std::min({session_->next_timer(), drain_until_, names_.next_step(now_)});
  for (const Pair& pair : pairs_) {
    next = std::min({next, pair.deal.again_at, pair.steer.again_at, pair.report.due_at()});
    if (pair.probe) next = std::min(next, now_ + kProbeStep);
  }
  return next;
}

void WorkerLoop::wait(WorkerClock::time_point until, bool is_busy) {
  const auto now = WorkerClock::now();
  if (is_busy) until = now;
  const auto longest = now + std::chrono::minutes(1);
  until = std::min(until, longest);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  watch_.sleep(now, until);
  polled_.assign({{socket_.fd(), POLLIN, 0}, {socket_.monitor_fd(), POLLIN, 0}, {wake_fd_, POLLIN, 0}});
  names_.add_sockets(polled_);
  if (poll(polled_.data(), polled_.size(), static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return;
  if (polled_[1].revents != 0) {
    now_ = WorkerClock::now();
    read_events();
  }
  if (polled_[2].revents == 0) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof count);
}

}  // namespace zeroway
