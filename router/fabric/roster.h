// The workers that have sent HELLO, what each HELLO says, and each worker's state.
//
// Owner: FabricContext.   Thread: one loop.
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
  std::string identity;  // name#pid: the same for all loops, and for all connections of the process
  ConnectionId connection = -1;
  std::string address;            // of its connection; "" = not known
  Time since{};                   // it joined
  Time heard{};                   // its last message
  Time pinged{};                  // the last heartbeat to it
  bool is_announced = false;      // counted among the workers of its app or its realm
  bool is_open_pool = true;       // serves everything, and is active: connected to deal
  bool is_held = false;           // an operator took it out: gets no new stream
  bool is_draining = false;       // sent GOAWAY: gets no new stream
  bool is_silent = false;         // a dealt ping is late: gets no stream while others owe no ping
  bool is_confirmed = false;      // its GOAWAY was answered
  Time silent_since{};            // when is_silent
  Time owes_since{};              // since when it owes an answer to the ping round that is out; 0 = it owes none
  std::uint64_t last_pong = 0;    // epoch of the latest dealt ping that it sent back
  std::uint64_t leave_epoch = 0;  // a ping of this epoch or later, answered, proves that it has read all dealt streams
  bool has_answered = false;      // at least one whole reply: the worker is known to work
  Time refused_until{};           // it sent REFUSED_STREAM: gets no stream until then
  std::uint32_t in_flight = 0;    // streams it holds
  std::uint64_t taken = 0;        // streams that it accepted
  std::uint64_t failed = 0;       // of them, those that it reset
  std::vector<PoolId> pools;      // of its routes, of its group, its app or its realm
  MessageWriter outbox;           // frames for it, sent once a turn
  bool is_outbox_listed = false;
  std::uint64_t messages = 0;    // sent to it
  std::vector<StreamId> unsent;  // streams whose openings are in the outbox
  bool is_unreachable = false;   // a message could not be sent: its connection has broken off

  [[nodiscard]] bool is_standby() const { return hello.is_standby; }
  // All streams of its pool go to the oldest worker.
  [[nodiscard]] bool is_exclusive() const { return hello.wamp && !hello.wamp->is_shared; }
  // Of a group that the configuration names. Those of apps and realms are not.
  [[nodiscard]] bool is_of_group() const { return !hello.group.empty() && !is_announced_pool(hello.group); }
  // A worker of the open pool, active or on standby.
  [[nodiscard]] bool serves_everything() const { return hello.routes.empty() && hello.group.empty(); }
  // It gets streams, or would if it had room. While an active worker is fit, those on standby get none.
  [[nodiscard]] bool is_fit() const { return !is_draining && !is_unreachable && !is_held && !is_silent; }
  [[nodiscard]] bool has_room() const { return in_flight < hello.capacity; }
  [[nodiscard]] bool is_ready(Time now) const { return !is_draining && !is_held && has_room() && now >= refused_until; }
};

class Roster {
 public:
  Worker& add(Hello hello, ConnectionId connection);
  void remove(WorkerKey key);
  // The worker's HELLO changed: puts the worker into the open pool or takes it out. A retired worker stays out. The
  // instance must be the same.
  void refile(Worker& worker);

  // The worker leaves, and no more streams are dealt to it. It no longer counts in the open pool.
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
