#include "router/fabric/zmq_context.h"

#include <sched.h>

namespace zeroway {

namespace {

// ZeroMQ aborts when the kernel, or a filter of system calls, refuses what it was told: asked here first.
bool may_be_batch() {
  const sched_param priority{};  // 0 is the only one of these policies
  if (::sched_getscheduler(0) != SCHED_OTHER) return false;
  return ::sched_setscheduler(0, SCHED_BATCH, &priority) == 0 && ::sched_setscheduler(0, SCHED_OTHER, &priority) == 0;
}

}  // namespace

zmq::context_t make_zmq_context() {
  zmq::context_t context(1);
  if (may_be_batch()) context.set(zmq::ctxopt::thread_sched_policy, SCHED_BATCH);
  return context;
}

}  // namespace zeroway
