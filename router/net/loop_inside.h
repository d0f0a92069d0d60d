// The parts of a loop: the Asio context, the set of hot sockets, the wheel of timers, the list of turn ends, the sends
// of a turn.
//
// Owner: its Loop.   Thread: the loop's.
// Not here: anything for rooms other than net; they use net/loop.h.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <vector>

#include "router/net/kept_input.h"
#include "router/net/loop.h"
#include "router/net/send_batch.h"
#include "router/net/timer_wheel.h"

namespace zeroway {

// Every turn is one Asio handler, or several rounds of the socket set, and the turn ends after it:
//
//     sleep in Asio ──▶ timer, signal, post ─────────────────▶ turn ends ──▶ sleep
//                └────▶ socket set is ready ──▶ watchers ──▶ turn ends ─┬──▶ sleep
//                                        ▲                              │
//                                        └──────── still busy ──────────┘
struct Loop::Inside {
  explicit Inside(ManySends::Ring ring);

  void run();
  void begin_turn() {
    now = Clock::now();
    is_in_turn = true;
  }
  void end_turn();
  void end_for_all();
  void await_sockets();
  void serve_sockets();
  // Calls one batch of ready watchers. Returns how many there were.
  int tell_ready();
  void tick();
  void arm_tick(Time when);

  struct Entry {
    Watcher* watcher = nullptr;
    std::uint32_t events = 0;
    std::uint32_t generation = 0;  // readiness collected for an earlier watcher of this number is dropped
  };

  boost::asio::io_context io{1};
  boost::asio::posix::stream_descriptor sockets{io};  // the epoll set
  boost::asio::steady_timer ticker{io};
  TimerWheel wheel;
  Time armed_for = Time::max();
  std::vector<Entry> entries;  // by descriptor
  std::vector<TurnEnd*> asked;
  std::vector<std::uint8_t> read_buffer;  // for one read at a time, of any connection
  InputBlock spare_input;                 // for large frames, of one connection at a time
  Time now = Clock::now();
  SendBatch sends;
  std::size_t lingering = 0;  // connections that linger in full (net/tcp_connection.cpp)
  bool is_in_turn = false;
  bool is_more_likely = false;  // a read of this round was large: the rest of the bytes is likely to be there
  bool is_stopped = false;
};

}  // namespace zeroway
