// Which worker of an exclusive realm has all its sessions: the oldest one.
//
// Owner: nobody; pure functions.   Thread: one loop.
// Not here: whether that worker has room (router/fabric/pools.h).
#pragma once
#include "router/fabric/roster.h"

namespace zeroway {

// Whether `one` comes before `other`. All loops and all routers must say the same, in whatever order the workers came
// to them. Only the workers know since when they are there; those that do not tell come last, in the order in which
// they came.
[[nodiscard]] bool is_older(const Worker& one, const Worker& other);

// Of those that neither leave, nor are held, nor have become unreachable; nullptr = none of them is left. One on
// standby is it only while no active one may be. One that is silent stays it until it is lost: it still has the
// sessions from before. `Workers`: of pointers.
template <class Workers>
[[nodiscard]] auto oldest_of(const Workers& workers) {
  typename Workers::value_type oldest = nullptr;
  for (auto* worker : workers) {
    if (worker->is_draining || worker->is_held || worker->is_unreachable) continue;
    if (oldest == nullptr || is_older(*worker, *oldest)) oldest = worker;
  }
  return oldest;
}

}  // namespace zeroway
