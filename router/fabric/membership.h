// How workers come, change, leave and are lost.
//
// Owner: Fabric.   Thread: one loop.
// Not here: the workers themselves (router/fabric/roster.h), what each claims (router/fabric/claims.h), peers that have
// not said HELLO (router/fabric/strangers.h), whether a worker has read what was dealt to it (router/fabric/proof.h).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/frame.h"
#include "router/fabric/claims.h"
#include "router/fabric/connection_budgets.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/placement.h"
#include "router/fabric/post.h"
#include "router/fabric/proof.h"
#include "router/fabric/strangers.h"
#include "router/fabric/streams.h"

namespace zeroway {

// Some of the workers, in the order in which they joined.
struct WorkerSlice {
  std::vector<MemberFacts> members;  // none: there are no more
  WorkerKey last = 0;                // the key of the last one
};

class Membership : public PostEvents {
 public:
  struct Parts {
    Streams& streams;
    Post& post;
    Claims& claims;
    Proof& proof;
    Placement& placement;
    Strangers& strangers;
    Rebalancer& rebalancer;
  };
  // `welcome` is the WELCOME that workers get.
  Membership(FabricContext& context, const Parts& parts, Welcome welcome);

  // Frames of workers, and HELLO of anybody. An error drops the worker.
  void hello(std::string_view instance, const Frame& frame, ConnectionId connection);
  [[nodiscard]] Result<> goaway(Worker& worker, const Frame& frame);
  [[nodiscard]] Result<> ping(Worker& worker, const Frame& frame);

  // Tells the peer why, and loses it if it is a worker.
  void drop(std::string_view instance, ResetCode code, const std::string& why);
  // A frame of a peer that has not said HELLO is ignored.
  void ignore(std::string_view instance);
  // A message had frames that are no piece of a reply; together they cost `cost`.
  void talked_idly(std::string_view instance, std::size_t cost);
  // Cuts the sender of the message now being handed in.
  void cut_sender(std::string_view instance, const std::string& why);
  void connection_broke(ConnectionId connection);

  // PostEvents
  void unreachable(Worker& worker) override;
  void reads_too_little(Worker& worker, std::size_t unread) override;

  // A worker that sends nothing is pinged.
  void ping_quiet_workers();
  // Loses the workers of which nothing is heard, and those that cannot be reached.
  void judge();
  // The loop did not run: nobody is late by that time.
  void lost_time();

  // An operator takes the workers of this name, or the one of this instance, out of rotation, or puts them back. Their
  // open streams go on. Returns how many workers there are.
  std::size_t hold(std::string_view member, bool is_held);
  // The same for the weight with which they get streams.
  std::size_t weigh(std::string_view member, std::uint32_t weight);

  // Whether there is a worker for which `is_wanted` returns true.
  template <class Predicate>
  [[nodiscard]] bool has_any(Predicate is_wanted) const {
    for (const Worker* worker : context_.roster.all())
      if (is_wanted(*worker)) return true;
    return false;
  }
  // The workers for which `is_wanted` returns true.
  template <class Predicate>
  [[nodiscard]] std::vector<MemberFacts> members(Predicate is_wanted) const {
    std::vector<MemberFacts> all;
    for (const Worker* worker : context_.roster.all())
      if (is_wanted(*worker)) all.push_back(facts_of(*worker));
    return all;
  }
  // Those that joined after the worker `after` (0 = the first ones), at most `most`: for who tells of all of them in
  // several turns.
  [[nodiscard]] WorkerSlice slice(WorkerKey after, std::size_t most) const;

 private:
  std::size_t for_each(std::string_view member, const std::function<void(Worker&)>& change);
  // On standby by its role, or because an older worker has its exclusive realm.
  [[nodiscard]] bool is_standing_by(const Worker& worker) const;
  [[nodiscard]] std::string shown_state(const Worker& worker) const;
  [[nodiscard]] MemberFacts facts_of(const Worker& worker) const;
  [[nodiscard]] std::string describe(const Worker& worker) const;
  void refuse_hello(std::string_view instance, const std::string& why);
  void ignore_hello(std::string_view instance);
  // Loses the worker's earlier connection, if the router still knows that connection.
  void lose_replaced(const Hello& hello);
  void join(Hello hello, ConnectionId connection);
  void update(Worker& worker, Hello hello);
  [[nodiscard]] Result<> answer_ping(Worker& worker, std::uint64_t opaque);
  void leaves(Worker& worker);
  void confirm_leaving(Worker& worker);
  // No stream is placed on the worker any more.
  void retire(Worker& worker);
  void cut(Worker& worker, const std::string& why);
  void lose(Worker& worker, std::string_view why);
  void lose_unheard();

  FabricContext& context_;
  Parts parts_;
  Welcome welcome_;
  AnswerBudgets answers_;
  IdleTalk idle_talk_;
  Complaints join_log_;
};

}  // namespace zeroway
