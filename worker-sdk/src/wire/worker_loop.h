// The worker's loop: receives messages, runs the session, keeps the wanted connections, sends one message to each
// router, waits.
//
// Owner: Worker::run.   Thread: the one that called run(); stop() and wake() any, wake() also a signal handler.
// Not here: the meaning of messages (worker_session.h), sockets (worker_wire.h).
#pragma once
#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "connect_probe.h"
#include "join_report.h"
#include "loop_watch.h"
#include "router_names.h"
#include "worker-sdk/src/session/worker_session.h"
#include "worker_wire.h"

namespace zeroway {

class WorkerLoop final : public LinkSender, private WireEvents {
 public:
  WorkerLoop(const WorkerOptions& options, const WorkerLog& log);
  ~WorkerLoop() override;

  // Makes the socket. False, with a log line, when that fails.
  [[nodiscard]] bool open();
  // Runs until the worker is drained or stopped a second time; Worker::run describes the result.
  int run(WorkerSession& session);
  // Begins to drain; the second call stops at once.
  void stop();
  void wake();
  // How often a signal came.
  [[nodiscard]] std::atomic<int>& stops() { return stops_; }

  void send(RouterLink& link) override;

 private:
  using Socket = ConnectionKey::Socket;
  static constexpr auto kNever = WorkerClock::time_point::max();

  //     idle ──▶ dialling ──▶ connected ──▶ stands ──▶ broken ──▶ dialling …
  enum class Stage : std::uint8_t { idle, dialling, connected, stands, broken };
  struct Connection {
    Stage stage = Stage::idle;
    bool is_dialled = false;                    // the wire has it
    std::uint32_t times = 0;                    // how often it was dialled: a key is never used twice
    std::uint32_t fails = 0;                    // failed attempts since the connection was last up
    WorkerClock::time_point again_at = kNever;  // when the attempt is given up and a new one is made
  };
  // Both connections of the link with the same index.
  struct Pair {
    Connection deal, steer;
    std::uint32_t uses = 0;        // RouterLink::uses() when `first_*` were noted
    std::uint32_t first_deal = 0;  // connections before this one belong to another router
    JoinReport report;
    std::unique_ptr<ConnectProbe> probe;
    WorkerClock::time_point probe_at{};  // no probe before this time
  };

  [[nodiscard]] RouterLink& link(std::size_t index) { return *session_->links()[index]; }
  void follow_names();
  void tend_links();
  void tend(std::size_t index);
  void tend_given_up(std::size_t index);
  void tend_steer(std::size_t index);
  void tend_deal(std::size_t index);
  void tend_health(std::size_t index);
  void tend_report(std::size_t index);
  [[nodiscard]] Connection& connection(std::size_t index, Socket socket);
  [[nodiscard]] ConnectionKey key(std::size_t index, Socket socket);
  void dial(std::size_t index, Socket socket);
  void hang_up(std::size_t index, Socket socket, std::chrono::milliseconds linger = {});
  void dial_later(Connection& connection);
  [[nodiscard]] std::chrono::milliseconds deal_patience(std::size_t index);
  void judge_nobody();

  // The connection that an event names, if it is still that one.
  [[nodiscard]] Connection* find(const ConnectionKey& key);
  void message(const ConnectionKey& from, Bytes payload) override;
  void connected(const ConnectionKey& of) override;
  void shook_hands(const ConnectionKey& of) override;
  void handshake_failed(const ConnectionKey& of, ZmtpFault why) override;
  void broke(const ConnectionKey& of, const ConnectionEnd& end) override;
  void steer_connection_broke(std::size_t index, int error);
  void deal_broke(Connection& deal);
  void steer_broke(std::size_t index);
  void failed(std::size_t index, std::string cause);
  void look_why(std::size_t index);

  void send_all();
  [[nodiscard]] WorkerClock::time_point next_turn() const;
  void wait(WorkerClock::time_point until, bool is_busy);
  [[nodiscard]] int serve();
  [[nodiscard]] int finish();

  const WorkerOptions& options_;
  const WorkerLog& log_;
  WorkerSession* session_ = nullptr;
  std::unique_ptr<WorkerWire> wire_;
  RouterNames names_;
  LoopWatch watch_;
  std::vector<Pair> pairs_;
  WorkerClock::time_point now_{};
  int wake_fd_ = -1;
  std::vector<pollfd> polled_;
  std::minstd_rand random_{std::random_device{}()};
  std::atomic<int> stops_{0};
  std::chrono::milliseconds linger_{0};  // for unsent messages when the wire is closed
  WorkerClock::time_point drain_until_ = kNever;
};

}  // namespace zeroway
