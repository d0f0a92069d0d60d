// What ZeroMQ's number for a failed handshake means, in words for the operator's log.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: which peer failed (router/fabric/zmq_watch.h), how often the log tells it (router/observe/complaints.h).
#pragma once
#include <string>

namespace zeroway {

// `value` as zmq_socket_monitor(3) gives it: an errno, or one of ZMQ_PROTOCOL_ERROR_….
[[nodiscard]] std::string handshake_error(int value);

}  // namespace zeroway
