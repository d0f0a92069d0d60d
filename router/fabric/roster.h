// The workers that said hello, what they said, and how they do.
//
// Owner: Fabric.   Thread: one loop.
// Pure: no sockets, no clock. Not here: which worker gets a stream (router/route/balance.h), whether to deal
// (router/fabric/evenness.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/control.h"
#include "proto/message.h"
#include "router/fabric/wire.h"
#include "router/observe/time.h"
#include "router/route/route_table.h"

namespace zeroway {

using WorkerKey = std::uint32_t;  // counts up, never used again; 0 = none

struct Worker {
  WorkerKey key = 0;
  Hello hello;
  ConnectionId connection = -1;
  std::string address;            // of its connection; "" when it is not known
  Time since{};                   // it joined
  Time heard{};                   // its last message
  Time pinged{};                  // the last heartbeat to it
  bool is_open_pool = true;       // serves everything and is connected to deal
  bool is_draining = false;       // said GOAWAY: gets nothing new
  bool is_silent = false;         // a dealt ping is late: gets nothing while others do not owe one
  bool is_confirmed = false;      // its GOAWAY was answered
  Time silent_since{};            // when it is
  Time owes_since{};              // since a ping of a round that is out was dealt, which it has not sent back
  std::uint64_t last_pong = 0;    // epoch of the latest dealt ping that it sent back
  std::uint64_t leave_epoch = 0;  // answering a ping of this epoch or later proves it has read all that was dealt to it
  bool has_answered = false;      // at least one whole reply: it is known to work
  Time refused_until{};           // it said REFUSED_STREAM: gets nothing until then
  std::uint32_t in_flight = 0;    // streams it holds
  std::vector<PoolId> pools;      // of its routes
  MessageWriter outbox;           // frames for it, sent once a turn
  bool is_outbox_listed = false;
  std::vector<StreamId> unsent;  // streams whose openings are in the outbox
  bool is_unreachable = false;   // a message could not be sent: its connection has broken off

  [[nodiscard]] bool has_room() const { return in_flight < hello.capacity; }
  [[nodiscard]] bool is_ready(Time now) const { return !is_draining && has_room() && now >= refused_until; }
};

class Roster {
 public:
  Worker& add(Hello hello, ConnectionId connection);
  void remove(WorkerKey key);
  // Its hello changed: files it under the open pool or not; one that was let go stays out. The instance must be the
  // same.
  void refile(Worker& worker);

  // It leaves and nothing more is dealt to it: no longer counted in the open pool.
  void retire(Worker& worker) { std::erase(open_, &worker); }

  [[nodiscard]] Worker* find(WorkerKey key);
  [[nodiscard]] Worker* find(std::string_view instance);
  [[nodiscard]] Worker* find_connection(ConnectionId connection);

  // In the order they came.
  [[nodiscard]] const std::vector<Worker*>& all() const { return order_; }
  [[nodiscard]] const std::vector<Worker*>& open_pool() const { return open_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  boost::unordered_flat_map<WorkerKey, std::unique_ptr<Worker>> workers_;
  boost::unordered_flat_map<std::string, Worker*, TextHash, std::equal_to<>> by_instance_;
  std::vector<Worker*> order_;
  std::vector<Worker*> open_;
  WorkerKey last_key_ = 0;
};

}  // namespace zeroway
