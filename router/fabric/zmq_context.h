// The ZeroMQ context of one loop, and how its I/O thread is scheduled.
//
// Owner: ZmqWire keeps one.   Thread: one loop makes it; ZeroMQ's I/O thread works behind it.
// Not here: sockets (router/fabric/zmq_wire.h).
#pragma once
#include <zmq.hpp>

namespace zeroway {

// One I/O thread, so that the monitors report events in the order in which they happened. Where the kernel allows it,
// that thread runs under SCHED_BATCH (sched(7)). The first message of a turn wakes the thread. Under SCHED_BATCH it
// does not take the core from the loop that writes the other messages, and it sends all of them together. A router that
// was started under another policy than the normal one keeps that policy.
[[nodiscard]] zmq::context_t make_zmq_context();

}  // namespace zeroway
