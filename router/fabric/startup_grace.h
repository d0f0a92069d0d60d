// Are workers still on their way to a router that knew none? Until they are here, nobody can say whose a path is:
// what no worker has claimed so far waits, because the worker that claims it may say HELLO next.
//
//     nobody is here ── first HELLO ──▶ grace of kGraceForNew ──────────────────── time ──▶ over
//                                         └─ HELLO of a worker that was connected before ──▶ grace until
//                                            kGraceForReturning after workers could reach the router
//
// Owner: Fabric.   Thread: one loop.
// Pure. Not here: the requests that wait (router/fabric/fabric.h), what is claimed (router/route/route_table.h).
#pragma once
#include <optional>

#include "router/fabric/limits.h"
#include "router/observe/time.h"

namespace zeroway {

enum class Arrival : bool { first_time, returning };

class StartupGrace {
 public:
  // Workers can reach the router from now on. Without it there is no grace.
  void bound(Time now) { reachable_since_ = now; }
  // A worker said HELLO; `knows_nobody`: no other worker is here, and no route is remembered.
  void joined(Time now, bool knows_nobody, Arrival arrival);
  [[nodiscard]] bool is_over(Time now) const { return now >= until_; }

 private:
  std::optional<Time> reachable_since_;
  Time until_{};
};

}  // namespace zeroway
