#include "router/net/loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>

#include "router/net/limits.h"
#include "router/net/loop_inside.h"

namespace zeroway {

Loop::Inside::Inside(ManySends::Ring ring) : wheel(Clock::now()), sends(ring) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  sockets.assign(set);
}

void Loop::Inside::run() {
  io.restart();
  await_sockets();
  while (!is_stopped) {
    io.run_one();
    end_turn();
    is_in_turn = false;
  }
  is_stopped = false;
  sockets.cancel();
  io.poll();
}

// A sender that learns that the kernel did not take all its bytes may ask for another turn end.
void Loop::Inside::end_turn() {
  do {
    end_for_all();
    sends.flush();
  } while (!asked.empty());
}

void Loop::Inside::end_for_all() {
  for (std::size_t index = 0; index < asked.size(); ++index) {
    TurnEnd* who = asked[index];
    if (!who) continue;
    who->is_asked_ = false;
    who->turn_end();
  }
  asked.clear();
}

void Loop::Inside::await_sockets() {
  sockets.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    serve_sockets();
    await_sockets();
  });
}

// Asking Asio costs two more calls (epoll_ctl, epoll_wait), so a busy set is asked again directly.
void Loop::Inside::serve_sockets() {
  for (int round = 0; round < kBusyRounds; ++round) {
    begin_turn();
    is_more_likely = false;
    const int told = tell_ready();
    end_turn();
    if ((told < kBusyBatch && !is_more_likely) || is_stopped) return;
  }
}

int Loop::Inside::tell_ready() {
  std::array<epoll_event, kReadyBatch> ready;
  const int count = ::epoll_wait(sockets.native_handle(), ready.data(), kReadyBatch, 0);
  for (int index = 0; index < count; ++index) {
    const epoll_event& event = ready[static_cast<std::size_t>(index)];
    const auto fd = static_cast<std::size_t>(event.data.u64 & 0xffff'ffffU);
    const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32);
    const auto is_current = [&] { return entries[fd].watcher && entries[fd].generation == generation; };
    if (!is_current()) continue;
    const bool is_over = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    if ((entries[fd].events & EPOLLRDHUP) && (is_over || (event.events & EPOLLRDHUP))) entries[fd].watcher->hung_up();
    if (!is_current()) continue;
    const bool readable = is_over || (event.events & EPOLLIN);
    const bool writable = is_over || (event.events & EPOLLOUT);
    if (readable || writable) entries[fd].watcher->ready(readable, writable);
  }
  return count;
}

void Loop::Inside::arm_tick(Time when) {
  if (when >= armed_for) return;
  armed_for = when;
  ticker.expires_at(armed_for);
  ticker.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Loop::Inside::tick() {
  begin_turn();
  armed_for = Time::max();
  wheel.advance(now);
  if (const auto next = wheel.next()) arm_tick(*next);
}

Loop::Loop(ManySends::Ring ring) : inside_(std::make_unique<Inside>(ring)) {}
Loop::~Loop() = default;

void Loop::run() { inside_->run(); }

void Loop::stop() {
  post([this] { inside_->is_stopped = true; });
}

void Loop::post(std::function<void()> task) {
  boost::asio::post(inside_->io, [this, task = std::move(task)] {
    inside_->begin_turn();
    task();
  });
}

Time Loop::now() const {
  if (!inside_->is_in_turn) inside_->now = Clock::now();
  return inside_->now;
}

void Loop::watch(int fd, Watcher& watcher, bool readable, bool writable, bool hang_up) {
  auto& entries = inside_->entries;
  const auto number = static_cast<std::size_t>(fd);
  if (number >= entries.size()) entries.resize(std::max(number + 1, entries.size() * 2));
  Inside::Entry& entry = entries[number];
  const std::uint32_t wishes = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U) | (hang_up ? EPOLLRDHUP : 0U);
  const bool is_new = entry.watcher == nullptr;
  entry.watcher = &watcher;
  if (!is_new && entry.events == wishes) return;
  entry.events = wishes;
  epoll_event event{};
  event.events = wishes;
  event.data.u64 = (static_cast<std::uint64_t>(entry.generation) << 32) | static_cast<std::uint32_t>(fd);
  if (::epoll_ctl(inside_->sockets.native_handle(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0) return;
  throw std::system_error(errno, std::generic_category(), "epoll_ctl");  // no memory, or a wrong descriptor
}

void Loop::forget(int fd) {
  const auto number = static_cast<std::size_t>(fd);
  if (number >= inside_->entries.size() || !inside_->entries[number].watcher) return;
  Inside::Entry& entry = inside_->entries[number];
  entry.watcher = nullptr;
  entry.events = 0;
  ++entry.generation;
  ::epoll_ctl(inside_->sockets.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::at_turn_end(TurnEnd& who) {
  if (who.is_asked_) return;
  who.is_asked_ = true;
  inside_->asked.push_back(&who);
  if (!inside_->is_in_turn) post([] {});
}

void Loop::forget_turn_end(TurnEnd& who) {
  if (!who.is_asked_) return;
  who.is_asked_ = false;
  std::replace(inside_->asked.begin(), inside_->asked.end(), &who, static_cast<TurnEnd*>(nullptr));
}

struct Timer::Node : TimerWheel::Node {
  explicit Node(std::function<void()> task) : on_ring(std::move(task)) {}
  void ring() override { on_ring(); }
  std::function<void()> on_ring;
};

Timer::Timer(Loop& loop, std::function<void()> ring) : node_(std::make_unique<Node>(std::move(ring))), loop_(loop) {}
Timer::~Timer() = default;

void Timer::set(std::chrono::milliseconds after) {
  Loop::Inside& inside = loop_.inside();
  inside.wheel.set(*node_, loop_.now() + after);
  inside.arm_tick(inside.wheel.time_of(node_->hung));
}

void Timer::clear() { node_->is_set = false; }
bool Timer::is_set() const { return node_->is_set; }

}  // namespace zeroway
