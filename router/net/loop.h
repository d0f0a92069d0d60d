// One thread's events: sockets that became ready, timers, work from other threads.
//
// Owner: Router keeps one per loop; all objects of the loop are destroyed before it.   Thread: its own; post() and
// stop() from any. Sockets sit in an epoll set of their own that the Asio loop watches as one descriptor: a request
// then costs no call to re-arm. Not here: reading and writing (net/connection.h), accepting (net/listener.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "router/net/many_sends.h"
#include "router/observe/time.h"

namespace zeroway {

// Called when its descriptor is ready. Level-triggered: while bytes are left to read, each turn calls again.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready(bool readable, bool writable) = 0;
  // Called before ready() when the peer closed its sending side, or the whole connection; only if asked for in watch().
  virtual void hung_up() {}
};

// Called once when everything that was ready in this turn has been handled, before the loop sleeps.
class TurnEnd {
 public:
  virtual ~TurnEnd() = default;
  virtual void turn_end() = 0;

 private:
  friend class Loop;
  bool is_asked_ = false;
};

class Loop {
 public:
  // `ring`: whether many sends may leave by one call.
  explicit Loop(ManySends::Ring ring = ManySends::Ring::if_there);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();                             // until stop()
  void stop();                            // any thread; tasks posted before still run
  void post(std::function<void()> task);  // any thread

  // The time at which this turn began; the clock is read once a turn.
  [[nodiscard]] Time now() const;

  // Watches `fd` for reading, and for writing when asked. The watcher is not owned and must call forget() before the
  // watcher is destroyed or the descriptor is closed; forget() during a turn also drops readiness already collected in
  // that turn. Errors and a whole hang-up are always reported, as readable and writable.
  void watch(int fd, Watcher& watcher, bool readable, bool writable, bool hang_up = false);  // again: changes flags
  void forget(int fd);

  // Calls turn_end() once at the end of this turn (first asked, first called; a request from inside turn_end() is
  // served in the same turn). Asked between two turns, a turn begins at once.
  void at_turn_end(TurnEnd& who);
  void forget_turn_end(TurnEnd& who);

  struct Inside;
  [[nodiscard]] Inside& inside() { return *inside_; }  // for net/ only

 private:
  std::unique_ptr<Inside> inside_;
};

// Rings once, `after` it was set, at most 20 ms late. Setting it again moves it. Moving is cheap: a wheel, not a heap.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> ring);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void set(std::chrono::milliseconds after);
  void clear();
  [[nodiscard]] bool is_set() const;

 private:
  struct Node;
  std::unique_ptr<Node> node_;
  Loop& loop_;
};

}  // namespace zeroway
