#include "router/fabric/zmq_context.h"

#include <sched.h>

#include <cstdlib>
#include <random>

namespace zeroway {

namespace {

// ZeroMQ aborts when the kernel, or a filter of system calls, refuses the scheduling policy that ZeroMQ was told. So
// the router tries the policy here first.
bool may_be_batch() {
  const sched_param priority{};  // 0 is the only priority of these policies
  if (::sched_getscheduler(0) != SCHED_OTHER) return false;
  return ::sched_setscheduler(0, SCHED_BATCH, &priority) == 0 && ::sched_setscheduler(0, SCHED_OTHER, &priority) == 0;
}

// A peer without a routing id gets the next value of a counter that begins at rand(). ZeroMQ does not seed rand(), so
// every peer would know the next value. A peer that uses that value as its own routing id makes libzmq 4.3.4 abort
// (`ok`, socket_base.cpp).
void seed_routing_ids() { std::srand(std::random_device()()); }

}  // namespace

zmq::context_t make_zmq_context() {
  seed_routing_ids();
  zmq::context_t context(1);
  if (may_be_batch()) context.set(zmq::ctxopt::thread_sched_policy, SCHED_BATCH);
  return context;
}

}  // namespace zeroway
