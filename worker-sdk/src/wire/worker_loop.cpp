#include "worker_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "join_cause.h"
#include "limits.h"
#include "loop_socket.h"
#include "proto/instance.h"
#include "proto/limits.h"
#include "zmq_socket.h"

namespace zeroway {

namespace {

std::unique_ptr<WorkerWire> make_wire(Engine engine) {
  if (engine == Engine::loop) return std::make_unique<LoopSocket>();
  return std::make_unique<ZmqSocket>();
}

}  // namespace

WorkerLoop::WorkerLoop(const WorkerOptions& options, const WorkerLog& log)
    : options_(options), log_(log), names_(options.connect, log), watch_(kLongestTurn) {
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

WorkerLoop::~WorkerLoop() {
  wire_.reset();
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
  wire_ = make_wire(options_.engine);
  const auto opened = wire_->open(options_);
  if (!opened) log_.error(opened.error().detail);
  return opened.has_value();
}

int WorkerLoop::run(WorkerSession& session) {
  session_ = &session;
  const int status = serve();
  wire_->close(linger_);
  return status;
}

int WorkerLoop::serve() {
  for (unsigned turns = 1;; ++turns) {
    now_ = WorkerClock::now();
    if (watch_.begin_turn(now_)) judge_nobody();
    session_->begin_turn(now_);
    bool is_busy = wire_->receive(now_, *this);
    is_busy |= session_->end_turn();
    follow_names();
    tend_links();
    send_all();
    is_busy |= !wire_->is_dry();
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
  linger_ = has_peer ? kFarewellTime : std::chrono::milliseconds(0);
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
  hang_up(index, Socket::deal, kFarewellTime);
  hang_up(index, Socket::steer, kFarewellTime);
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
  if (steer.stage == Stage::idle) return dial(index, Socket::steer);
  if (steer.again_at > now_) return;
  // An answer that has not come by now does not come.
  if (steer.stage == Stage::connected) failed(index, no_handshake(ZmtpFault::none, !options_.key_file.empty()));
  if (steer.stage == Stage::stands)
    failed(index, link(index).refusal().empty() ? no_welcome() : refused(link(index).refusal()));
  if (steer.stage != Stage::broken) steer_broke(index);
  dial(index, Socket::steer);
}

// Only a welcomed worker is connected to deal. A worker that is connected as a stranger, or when the router deals
// nothing more to it, makes the router's table uneven; and streams dealt to a connection that is given up are lost.
void WorkerLoop::tend_deal(std::size_t index) {
  Connection& deal = pairs_[index].deal;
  if (!session_->is_dealt_to(link(index))) return hang_up(index, Socket::deal);
  if (deal.stage != Stage::idle && deal.again_at > now_) return;
  if (wire_->has_ended(key(index, Socket::steer))) return;  // the connection of the WELCOME has broken since
  dial(index, Socket::deal);
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

// The connection failed, and the wire does not say why: libzmq.
void WorkerLoop::look_why(std::size_t index) {
  Pair& pair = pairs_[index];
  if (pair.probe || now_ < pair.probe_at) return;
  pair.probe_at = now_ + kProbeInterval;
  pair.probe = std::make_unique<ConnectProbe>(link(index).steer(), now_);
}

std::chrono::milliseconds WorkerLoop::deal_patience(std::size_t index) {
  return std::max<std::chrono::milliseconds>(kLeastDealPatience, 3 * link(index).health().timeout());
}

WorkerLoop::Connection& WorkerLoop::connection(std::size_t index, Socket socket) {
  return socket == Socket::steer ? pairs_[index].steer : pairs_[index].deal;
}

ConnectionKey WorkerLoop::key(std::size_t index, Socket socket) {
  return {socket, static_cast<std::uint32_t>(index), connection(index, socket).times};
}

void WorkerLoop::dial(std::size_t index, Socket socket) {
  const bool is_steer = socket == Socket::steer;
  hang_up(index, socket);
  Connection& dialled = connection(index, socket);
  dialled.stage = Stage::dialling;
  ++dialled.fails;
  ++dialled.times;
  dialled.again_at = now_ + (is_steer ? kConnectTimeout + kHandshakePatience : kDealPatience);
  const std::string& endpoint = is_steer ? link(index).steer() : link(index).deal();
  // The deal socket of a router is a DEALER: it looks at no routing id.
  const auto connecting = wire_->connect(endpoint, key(index, socket),
                                         is_steer ? link(index).new_instance() : make_instance(session_->name()));
  dialled.is_dialled = connecting.has_value();
  if (dialled.is_dialled) return;
  failed(index, "it cannot be dialled (" + connecting.error().detail + ")");
  dialled.stage = Stage::broken;
  dial_later(dialled);
}

void WorkerLoop::hang_up(std::size_t index, Socket socket, std::chrono::milliseconds linger) {
  Connection& dialled = connection(index, socket);
  if (dialled.is_dialled) wire_->disconnect(key(index, socket), linger);
  dialled.is_dialled = false;
  dialled.stage = Stage::idle;
  dialled.again_at = kNever;
}

// When two events report one failure, the first counts.
void WorkerLoop::dial_later(Connection& connection) {
  const std::chrono::milliseconds pause = std::clamp(connection.fails * kDialAgain, kDialAgain, kLongestPause);
  std::uniform_int_distribution<std::int64_t> jitter(0, kDialJitter.count());
  connection.again_at = std::min(connection.again_at, now_ + pause + std::chrono::milliseconds(jitter(random_)));
}

void WorkerLoop::send_all() {
  for (const auto& link : session_->links())
    if (!link->out().is_empty()) send(*link);
}

void WorkerLoop::send(RouterLink& link) {
  if (!link.is_up()) return link.out().clear();
  std::size_t index = 0;
  while (session_->links()[index].get() != &link) ++index;
  if (const auto sent = wire_->send(key(index, Socket::steer), link.out()); !sent)
    session_->complain("cannot send to " + link.label() + ": " + sent.error().detail);
}

void WorkerLoop::message(const ConnectionKey& from, Bytes payload) {
  if (from.link >= pairs_.size()) return;
  Pair& pair = pairs_[from.link];
  if (from.socket == Socket::steer) {
    // State of an earlier connection is over.
    if (from.times == pair.steer.times) link(from.link).receive(payload);
    return;
  }
  if (from.times < pair.first_deal) return;
  if (pair.deal.stage == Stage::stands) pair.deal.again_at = now_ + deal_patience(from.link);
  link(from.link).receive(payload);
}

WorkerLoop::Connection* WorkerLoop::find(const ConnectionKey& key) {
  if (key.link >= pairs_.size()) return nullptr;
  Connection& named = connection(key.link, key.socket);
  return named.is_dialled && named.times == key.times ? &named : nullptr;
}

void WorkerLoop::connected(const ConnectionKey& of) {
  Connection* const connection = find(of);
  if (connection == nullptr) return;
  connection->stage = Stage::connected;
  if (of.socket == Socket::steer) connection->again_at = now_ + kHandshakePatience;
}

void WorkerLoop::shook_hands(const ConnectionKey& of) {
  Connection* const connection = find(of);
  if (connection == nullptr) return;
  const bool is_steer = of.socket == Socket::steer;
  connection->stage = Stage::stands;
  connection->fails = 0;
  connection->again_at = now_ + (is_steer ? kWelcomePatience : deal_patience(of.link));
  if (is_steer) link(of.link).up();
}

void WorkerLoop::handshake_failed(const ConnectionKey& of, ZmtpFault why) {
  Connection* const connection = find(of);
  if (connection == nullptr) return;
  if (of.socket == Socket::deal) return deal_broke(*connection);
  failed(of.link, no_handshake(why, !options_.key_file.empty()));
  steer_broke(of.link);
}

void WorkerLoop::broke(const ConnectionKey& of, const ConnectionEnd& end) {
  Connection* const connection = find(of);
  if (connection == nullptr) return;
  if (!end.violation.empty()) session_->complain(link(of.link).label() + ": " + end.violation);
  if (of.socket == Socket::deal) return deal_broke(*connection);
  steer_connection_broke(of.link, end.error);
}

void WorkerLoop::deal_broke(Connection& deal) {
  deal.stage = Stage::broken;
  dial_later(deal);
}

void WorkerLoop::steer_connection_broke(std::size_t index, int error) {
  const Stage stage = pairs_[index].steer.stage;
  if (stage == Stage::dialling && error != 0) failed(index, no_connection(error));
  if (stage == Stage::dialling && error == 0) look_why(index);
  if (stage == Stage::connected) failed(index, no_handshake(ZmtpFault::none, !options_.key_file.empty()));
  if (stage == Stage::stands && !link(index).is_welcomed()) failed(index, broken_before_welcome());
  steer_broke(index);
}

void WorkerLoop::steer_broke(std::size_t index) {
  Connection& steer = pairs_[index].steer;
  steer.stage = Stage::broken;
  link(index).down();
  dial_later(steer);
  names_.broke(link(index).target().typed, link(index).deal());
}

WorkerClock::time_point WorkerLoop::next_turn() const {
  auto next = std::min({session_->next_timer(), drain_until_, names_.next_step(now_), wire_->next_step()});
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
  polled_.assign({{wake_fd_, POLLIN, 0}});
  wire_->add_sockets(polled_);
  const std::size_t of_wire = polled_.size() - 1;
  names_.add_sockets(polled_);
  if (poll(polled_.data(), polled_.size(), static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return;
  wire_->take(std::span(polled_).subspan(1, of_wire));
  if (polled_[0].revents == 0) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof count);
}

}  // namespace zeroway
