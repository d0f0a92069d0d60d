// The backend that is ZeroMQ, for one loop: joins the parts that place streams, carry their verbs, and know how each
// stream and each worker ended.
//
// Owner: Router keeps one per loop.   Thread: one loop.
// The sockets are behind Wire; tick(), time_is() and the loop's `now` give the time. Fabric never opens a stream twice:
// it tells the exchange of a lost stream. Not here: ZeroMQ (router/fabric/zmq_wire.h), retry rules (router/exchange).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "router/exchange/backend.h"
#include "router/exchange/circuit_source.h"
#include "router/fabric/claims.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/fabric_group.h"
#include "router/fabric/fabric_realms.h"
#include "router/fabric/membership.h"
#include "router/fabric/placement.h"
#include "router/fabric/post.h"
#include "router/fabric/proof.h"
#include "router/fabric/rebalancer.h"
#include "router/fabric/strangers.h"
#include "router/fabric/streams.h"
#include "router/fabric/traffic.h"
#include "router/fabric/wire.h"

namespace zeroway {

// The parts, each with its own members:
//
//     Traffic      the verbs of streams, both ways           Claims    which pool serves a request
//     Placement    deal, steer or wait                       Proof     who has read what was dealt
//     Membership   workers come, leave and are lost          Post      what is sent to workers
//     Strangers    peers that are no workers                 Streams   each stream's place
//     Rebalancer   long streams that are handed over
class Fabric : public Backend, public WireEvents, public CircuitSource {
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
  // Workers can reach the router from now on.
  void bound(Time now);
  // How soon tick() is wanted. The interval is short while a dealt stream has no holder or a stream waits.
  [[nodiscard]] Millis tick_interval() const;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey stream, Bytes bytes) override { traffic_.data(stream, bytes); }
  void piece(StreamKey stream, Bytes bytes, MessageKind kind, Last last) override {
    traffic_.piece(stream, bytes, kind, last);
  }
  void end(StreamKey stream, const Head& trailers) override { traffic_.end(stream, trailers); }
  void reset(StreamKey stream, ResetCode code) override { traffic_.reset(stream, code); }
  void credit(StreamKey stream, std::uint32_t bytes) override { traffic_.credit(stream, bytes); }
  [[nodiscard]] PartState state(const BackendRequest& request) const override {
    return state_in(claims_.pool_of(request.head.authority(), request.head.path()));
  }
  [[nodiscard]] bool is_ready() const override {
    return membership_.has_any([](const Worker&) { return true; });
  }
  [[nodiscard]] bool has_wanted_member(const BackendRequest& request) const override {
    return has_wanted(claims_.pool_of(request.head.authority(), request.head.path()), request);
  }
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view host, std::string_view path) const override {
    return claims_.claimed(host, path);
  }
  // One line for each worker: its name, its address, its routes, its state, and for how long it has been connected.
  [[nodiscard]] std::vector<MemberFacts> members() const override;
  // See Membership.
  [[nodiscard]] WorkerSlice slice(WorkerKey after, std::size_t most) const { return membership_.slice(after, most); }
  // See Membership.
  std::size_t hold(std::string_view member, bool is_held) { return membership_.hold(member, is_held); }
  std::size_t weigh(std::string_view member, std::uint32_t weight) { return membership_.weigh(member, weight); }

  // The workers of a group as a backend, as long as the fabric lives. `name` as in HELLO.
  [[nodiscard]] Backend& group(const std::string& name);

  // The realms of WAMP that workers announce.
  [[nodiscard]] RealmSource& realms() { return realms_; }
  // For FabricRealms.
  [[nodiscard]] Time now() const { return context_.now; }
  [[nodiscard]] std::set<PoolId> pools_in_use() const;  // of all streams

  // CircuitSource
  [[nodiscard]] Presence presence(std::string_view path) const override;
  [[nodiscard]] std::shared_ptr<Backend> backend_of(const std::string& path) override;
  [[nodiscard]] bool is_tcp(std::string_view path) const override { return claims_.announcements().is_tcp(path); }
  [[nodiscard]] std::shared_ptr<Backend> tunnels_of(const std::string& path) override { return backend_of(path); }
  [[nodiscard]] std::uint64_t circuits_version() const override { return claims_.apps_version(); }
  void watch(CircuitWatcher& watcher) override { claims_.watch(watcher); }

  // For FabricGroup: how the workers of this pool are, and a stream among them.
  [[nodiscard]] PartState state_in(PoolId pool) const;
  [[nodiscard]] bool has_wanted(PoolId pool, const BackendRequest& request) const {
    return request.affinity != nullptr && claims_.wanted(pool, *request.affinity) != nullptr;
  }
  [[nodiscard]] BackendStream open_in(PoolId pool, const BackendRequest& request, ReplyTo reply_to);

  // WireEvents
  void time_is(Time now) override { context_.now = now; }
  void message(std::string_view instance, Bytes payload, ConnectionId connection) override;
  void too_many_parts(std::string_view instance) override;
  void steer_came(ConnectionId connection, std::string_view address) override;
  void steer_broke(ConnectionId connection) override { membership_.connection_broke(connection); }
  void deal_came(std::size_t connections) override { proof_.deal_came(connections); }
  void deal_broke(std::size_t connections) override { proof_.deal_broke(connections); }
  void deal_shook_hands() override { proof_.deal_shook_hands(); }
  void key_refused(std::string_view address, std::string_view key) override;
  void stranger(std::string_view socket, std::string_view address, std::string_view what) override {
    strangers_.tell_of(socket, address, what);
  }

 private:
  // An error drops the worker. `worker` is nullptr for a HELLO of a peer that is no worker yet.
  [[nodiscard]] Result<> frame(Worker* worker, std::string_view instance, const Frame& frame, ConnectionId connection);
  // The loop did not run for the time `lost`.
  void lost_time(std::chrono::nanoseconds lost);
  [[nodiscard]] Millis longest_tick() const;

  FabricContext context_;
  Streams streams_;
  Post post_;
  Claims claims_;
  Proof proof_;
  Rebalancer rebalancer_;
  Placement placement_;
  Strangers strangers_;
  Membership membership_;
  Traffic traffic_;
  boost::unordered_flat_map<std::string, std::unique_ptr<FabricGroup>> groups_;
  ByText<std::weak_ptr<FabricGroup>> circuits_;  // by path
  FabricRealms realms_{{*this, claims_, placement_, membership_}};
  Time last_tick_{};
  bool is_judgement_due_ = false;
};

}  // namespace zeroway
