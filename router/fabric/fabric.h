// The worker side of one loop: opens streams by dealing or steering, carries their verbs, and knows how each stream
// ended.
//
// Owner: Router keeps one per loop.   Thread: one loop.
// Fabric decides. The sockets are behind Wire; tick() and the loop's `now` give the time. Fabric never opens a stream
// twice: it tells the exchange of a lost stream, and the exchange may open a new one. Not here: ZeroMQ
// (router/fabric/zmq_wire.h), retry rules (router/exchange), the even table (router/fabric/evenness.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "proto/hpack.h"
#include "proto/message.h"
#include "router/exchange/backend.h"
#include "router/fabric/abandoned_streams.h"
#include "router/fabric/connection_budgets.h"
#include "router/fabric/newcomers.h"
#include "router/fabric/once_a_minute.h"
#include "router/fabric/ping_rounds.h"
#include "router/fabric/pools.h"
#include "router/fabric/roster.h"
#include "router/fabric/settling.h"
#include "router/fabric/startup_grace.h"
#include "router/fabric/stream_table.h"
#include "router/fabric/unread_bytes.h"
#include "router/fabric/wire.h"
#include "router/observe/complaints.h"
#include "router/observe/counters.h"
#include "router/route/route_table.h"
#include "router/settings/settings.h"

namespace zeroway {

class Fabric : public Backend, public WireEvents {
 public:
  // `welcome` is the WELCOME that workers get. `wants_turn_end` is called when there is something to send at the end of
  // this turn.
  Fabric(const FabricSettings& settings, Wire& wire, Welcome welcome, Counters& counters,
         std::function<void()> wants_turn_end);

  // Sends the openings and frames that this turn gathered. Called at the end of a turn that asked for it.
  void turn_end(Time now);
  // Heartbeats. Called every tick_interval(). `now` is kept until the next tick.
  void tick(Time now);
  // Finds the workers that are late and the streams that have waited too long. Called after tick(), as soon as every
  // received message is handed in: a worker whose answer waits to be read is not late.
  void judge(Time now);
  void set_now(Time now) { now_ = now; }
  // Workers can reach the router from now on.
  void bound(Time now);
  // How soon tick() is wanted. The interval is short while a dealt stream has no holder or a stream waits.
  [[nodiscard]] Millis tick_interval() const;

  // Backend
  [[nodiscard]] StreamKey open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey stream, Bytes bytes) override;
  void piece(StreamKey stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey stream, const Head& trailers) override;
  void reset(StreamKey stream, ResetCode code) override;
  void credit(StreamKey stream, std::uint32_t bytes) override;

  // WireEvents
  void message(std::string_view instance, Bytes payload, ConnectionId connection) override;
  void too_many_parts(std::string_view instance) override;
  void steer_came(ConnectionId connection, std::string_view address) override;
  void steer_broke(ConnectionId connection) override;
  void deal_came(std::size_t connections) override;
  void deal_broke(std::size_t connections) override;
  void deal_shook_hands() override;
  void key_refused(std::string_view address, std::string_view key) override;
  void stranger(std::string_view socket, std::string_view address, std::string_view what) override;

  // One line for each worker: its name, its address, its routes, its state, and for how long it has been connected.
  [[nodiscard]] std::vector<std::string> describe() const override;

 private:
  enum class Proof : bool { none, nobody_saw_it };

  // Placing a stream (fabric.cpp).
  void place(FabricStream& stream);
  [[nodiscard]] bool may_deal();
  void look_at_table();
  [[nodiscard]] bool deal(FabricStream& stream);
  [[nodiscard]] bool steer(FabricStream& stream);
  void hold(Worker& worker, FabricStream& stream);
  void wait(FabricStream& stream);
  // Takes `size` bytes out of the credit that the worker gave. Fails the stream when the credit is less.
  [[nodiscard]] bool may_send(FabricStream& stream, std::size_t size);
  // Where frames for the stream's worker go: the worker's outbox, or the kept opening until a worker holds the stream.
  [[nodiscard]] MessageWriter& way_to(FabricStream& stream);
  void serve_waiting();
  void expire_waiting();
  [[nodiscard]] Error wait_is_over(PoolId pool);
  [[nodiscard]] Worker* holder(const FabricStream& stream);
  [[nodiscard]] BackendEvents* events_of(const FabricStream& stream) const;
  void remove(FabricStream& stream);
  void room_appeared();
  void end_with(FabricStream& stream, const Error& error);
  // The stream broke a rule. Tells the stream's worker and its exchange.
  void fail_stream(StreamId id, ResetCode to_worker, const Error& error);
  [[nodiscard]] MessageWriter& outbox(Worker& worker);
  void post(Worker& worker);
  void send_mail();
  void cannot_reach(Worker& worker);
  void lose_unreachable();
  [[nodiscard]] bool reads_too_little(const Worker& worker) const;
  void cut(Worker& worker, const std::string& why);

  // The frames that workers send (fabric_workers.cpp). An error drops the worker.
  [[nodiscard]] Result<> frame(Worker* worker, std::string_view instance, const Frame& frame, ConnectionId connection);
  // Writes a log line about a peer at `socket` that is no worker. The same line is written once a minute.
  void tell_of_stranger(std::string_view socket, std::string_view address, std::string_view what);
  // Cuts the peer that sent the message now being handed in. That peer is no worker.
  void turn_away(std::string_view why);
  void cut_overdue_newcomers();
  // A message had frames that are no piece of a reply; together they cost `cost`.
  void talked_idly(std::string_view instance, std::size_t cost);
  void drop(std::string_view instance, ResetCode code, const std::string& what);
  void tell(std::string_view instance, ResetCode code, std::string_view what);
  void tell_stranger(std::string_view instance);
  [[nodiscard]] Result<> hello(std::string_view instance, const Frame& frame, ConnectionId connection);
  // Loses the worker's earlier connection, if the router still knows that connection.
  void lose_replaced(const Hello& hello);
  [[nodiscard]] Result<> hello_flood(std::string_view instance);
  void join(Hello hello, ConnectionId connection);
  void update(Worker& worker, Hello hello);
  void roster_changed();
  [[nodiscard]] Result<> goaway(Worker& worker, const Frame& frame);
  void leaves(Worker& worker);
  void confirm_leaving(Worker& worker);
  void lose(Worker& worker, std::string_view why);
  [[nodiscard]] Result<> stream_frame(Worker& worker, const Frame& frame);
  void accept(Worker& worker, FabricStream& stream);
  [[nodiscard]] Result<> reply_head(FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> reply_data(FabricStream& stream, const Frame& frame);
  void reply_end(FabricStream& stream, Head& trailers);
  [[nodiscard]] Result<> reply_piece(FabricStream& stream, const Frame& frame);
  // Whether the stream may carry `frame`'s bytes now. Fails the stream when it may not.
  [[nodiscard]] bool takes(FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> worker_reset(Worker& worker, FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> worker_credit(FabricStream& stream, const Frame& frame);

  // The routes that workers claim, and the streams that wait for a route (fabric_routes.cpp).
  void enlist(Worker& worker);
  void delist(Worker& worker);
  // What becomes of streams whose path no worker claims.
  enum class Unclaimed : std::uint8_t { open_pool_has_them, they_wait, they_are_refused };
  [[nodiscard]] Unclaimed unclaimed_streams() const;
  void refuse_unclaimed(FabricStream& stream);
  // Refuses all unclaimed streams that wait.
  void refuse_waiting();
  // Whether the pool has a worker that would take a stream if the worker were not full.
  [[nodiscard]] bool is_pool_busy(PoolId pool);
  [[nodiscard]] bool is_routed_worker_in_open_pool();
  // Forgets the routes that no worker has claimed for the queue timeout.
  void forget_routes();
  void routes_changed();
  // Puts each stream that has no worker yet into the pool where it belongs now. The stream keeps its age.
  void route_again();
  void end_orphans(const std::vector<StreamId>& orphans);
  [[nodiscard]] PoolId pool_of(const FabricStream& stream);

  // Dealt pings, heartbeats, and time (fabric_pings.cpp).
  void deal_changed(std::size_t connections);
  [[nodiscard]] bool has_change_to_ask_about();
  [[nodiscard]] bool wants_to_settle() const;
  void begin_round();
  void repeat_round();
  void deal_pings(std::uint64_t epoch);
  [[nodiscard]] Result<> pong(Worker& worker, const Frame& frame);
  [[nodiscard]] Result<> answer_ping(Worker& worker, std::uint64_t opaque);
  void round_is_complete();
  void round_is_late();
  void end_round();
  void find_silent();
  [[nodiscard]] bool knows_everybody_answered() const;
  void trim_unclaimed();
  // Gives up the streams that were dealt before that epoch and that no worker claimed.
  void give_up_unclaimed(std::uint64_t before, Proof proof);
  [[nodiscard]] bool wants_round() const;
  void ping_quiet_workers();
  void lose_unheard_workers();
  // The loop did not run for the time `lost`.
  void lost_time(Time now, std::chrono::nanoseconds lost);
  [[nodiscard]] Millis longest_tick() const;
  void tell_of_starved_streams();

  void table_changed() { is_table_known_ = false; }

  const FabricSettings& settings_;
  Wire& wire_;
  Welcome welcome_;
  Counters& counters_;
  std::function<void()> wants_turn_end_;
  Time now_{};

  HpackEncoder encoder_;
  HpackDecoder decoder_;
  Head scratch_;  // reused for each head that is read
  Head no_trailers_;
  MessageWriter single_message_;  // one message that is not for a worker's outbox

  Roster roster_;
  Pools pools_;
  RouteTable routes_;
  StreamTable streams_;
  AnswerBudgets answers_;
  UnreadBytes unread_bytes_;
  IdleTalk idle_talk_;
  StrangeTalk strange_talk_;
  PingRounds rounds_;
  Settling settling_;
  Newcomers newcomers_;
  StartupGrace grace_;
  Complaints complaints_, join_log_, leave_log_, starvations_;
  OnceAMinute strangers_;

  std::vector<StreamId> gathering_;
  std::deque<StreamId> dealt_order_;                     // dealt streams, oldest first; claimed streams are skipped
  boost::unordered_flat_map<PoolId, Time> empty_since_;  // of routes that lost their last worker lately
  AbandonedStreams abandoned_;
  std::deque<std::pair<WorkerKey, Time>> unreachable_;  // workers that a message did not reach, and since when
  std::size_t dealt_count_ = 0;                         // dealt streams without a holder
  std::size_t waiting_ = 0;                             // streams in all pools' queues
  std::size_t open_pool_streams_ = 0;                   // dealt or held by workers of the open pool
  std::uint32_t smallest_capacity_ = 0;
  std::vector<WorkerKey> mail_;  // workers whose outbox holds something
  std::size_t deal_connections_ = 0;
  std::uint64_t deal_breaks_ = 0;
  Time last_tick_{};
  Time starved_look_{};  // the last look for starved streams
  bool is_judgement_due_ = false;
  // The result of the last look_at_table().
  bool is_table_known_ = false;
  bool is_even_ = false;
  bool is_dealing_ = false;      // even, and settled
  bool has_new_routes_ = false;  // or lost routes: at the end of the turn, route the waiting streams again
  bool has_room_ = false;        // a worker got room: look at the queues at the end of the turn
};

}  // namespace zeroway
