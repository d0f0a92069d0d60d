// The ZeroMQ context of one loop, and how its I/O thread is scheduled.
//
// Owner: ZmqWire keeps one.   Thread: one loop makes it; ZeroMQ's I/O thread works behind it.
// Not here: sockets (router/fabric/zmq_wire.h).
#pragma once
#include <zmq.hpp>

namespace zeroway {

// One I/O thread, so that its monitors speak in the order of what happened. Where the kernel allows it, that thread is
// of SCHED_BATCH (sched(7)): woken by the first of a turn's messages, it does not take the core from the loop that
// writes the others, and sends them together. Started with another policy than the normal one, the router keeps that.
[[nodiscard]] zmq::context_t make_zmq_context();

}  // namespace zeroway
