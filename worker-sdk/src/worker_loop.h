// The worker's socket and its loop: receives, lets the core work, sends one message to each router, waits.
//
// Owner: Worker::run.   Thread: the one that called run(); wake() any, also a signal handler.
// Not here: what messages mean (worker_core.h). Only this file and its .cpp know ZeroMQ's sockets.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "worker_core.h"

namespace zeroway {

class WorkerLoop final : public LinkSender {
 public:
  WorkerLoop(const WorkerOptions& options, const WorkerLog& log);
  ~WorkerLoop() override;

  // Makes the socket. False, with a log line, when that fails.
  [[nodiscard]] bool open(const std::string& instance);
  // Until it is drained or stopped the second time; see Worker::run for what it returns.
  int run(WorkerCore& core);
  // Begins to drain; the second time, stops at once.
  void stop();
  void wake();
  // How often a signal came.
  [[nodiscard]] std::atomic<int>& stops() { return stops_; }

  void send(RouterLink& link) override;

 private:
  // libzmq never connects by itself: each connection is dialled here, with an alias of its own.
  struct Dialled {
    std::string endpoint;     // as ZeroMQ spells it; empty when not connected
    std::uint32_t times = 0;  // how often it was dialled: an alias is never used twice
    std::uint32_t fails = 0;  // how often since it last stood
    WorkerClock::time_point again_at = WorkerClock::time_point::max();  // when it is dialled anew; never, if max()
    bool is_blamed = false;  // why it fails has been logged, since it last stood
  };
  struct Pair {
    Dialled deal, steer;
    WorkerClock::time_point missed_at = WorkerClock::time_point::max();  // when the log says that there was no WELCOME
    bool is_missed = false;                                              // it has said so
  };
  using Alias = std::array<char, 9>;

  [[nodiscard]] bool set_options(const std::string& instance);
  [[nodiscard]] bool set_keys();
  [[nodiscard]] bool open_monitor();
  [[nodiscard]] bool dial_new_links();
  void dial(Dialled& dialled, const std::string& endpoint, char socket, std::size_t index);
  void hang_up(Dialled& dialled);
  void dial_deals();
  void dial_again(WorkerClock::time_point now);
  bool receive();
  bool receive_one();
  void read_monitor();
  void tell_steer(Dialled& steer, RouterLink& link, std::uint16_t event);
  void tell(Dialled& dialled, std::uint16_t event);
  void dial_later(Dialled& dialled);
  void look_for_routers(WorkerClock::time_point now);
  void send_all();
  [[nodiscard]] WorkerClock::time_point next_dial() const;
  void wait(WorkerClock::time_point until, bool is_busy);
  [[nodiscard]] int serve();
  [[nodiscard]] int finish();
  void close_sockets();
  bool failed(const std::string& what);

  const WorkerOptions& options_;
  const WorkerLog& log_;
  WorkerCore* core_ = nullptr;
  void* context_ = nullptr;
  void* socket_ = nullptr;
  void* monitor_ = nullptr;
  int socket_fd_ = -1;
  int monitor_fd_ = -1;
  int wake_fd_ = -1;
  // ZMQ_FD tells of a message once, and any call on the socket may take that in: the loop sleeps only when the last
  // call found nothing to receive.
  bool is_dry_ = false;
  std::vector<Pair> pairs_;  // for the link of the same index
  std::minstd_rand random_{std::random_device{}()};
  std::atomic<int> stops_{0};
  WorkerClock::time_point drain_until_ = WorkerClock::time_point::max();
};

}  // namespace zeroway
