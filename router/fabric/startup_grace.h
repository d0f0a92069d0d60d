// May more workers come soon to a router that knew no worker? Until they have come, the router cannot know which worker
// serves a path. So a request for an unclaimed path waits: the worker that claims the path may send HELLO next.
//
//     no worker here ── first HELLO ──▶ grace of kGraceForNew ──────────────────── time ──▶ over
//                                         └─ HELLO of a worker that was connected before ──▶ grace until
//                                            kGraceForReturning after workers could reach the router
//
// Owner: Placement.   Thread: one loop.
// Pure. Not here: the requests that wait (router/fabric/placement.h), the claimed paths (router/route/route_table.h).
#pragma once
#include <optional>

#include "router/fabric/limits.h"
#include "router/observe/time.h"

namespace zeroway {

enum class Arrival : bool { first_time, returning };

class StartupGrace {
 public:
  // Workers can reach the router from now on. Without this call there is no grace.
  void bound(Time now) { reachable_since_ = now; }
  // A worker sent HELLO. `knows_nobody`: no other worker is connected, and no route is remembered.
  void joined(Time now, bool knows_nobody, Arrival arrival);
  [[nodiscard]] bool is_over(Time now) const { return now >= until_; }

 private:
  std::optional<Time> reachable_since_;
  Time until_{};
};

}  // namespace zeroway
