// Why a ZMTP connection cannot go on.
//
// Owner: nobody; a value.   Thread: any.
// Not here: the words for a worker's log (worker-sdk/src/wire/join_cause.h).
#pragma once
#include <cstdint>
#include <string>

namespace zeroway {

enum class ZmtpFault : std::uint8_t {
  none,
  not_zmtp,     // the peer speaks another protocol
  version,      // ZMTP 1 or 2
  mechanism,    // we want keys and the peer has none, or the reverse
  key,          // a CURVE box that does not open: the peer does not know our key, or its key is not allowed
  refused,      // the peer sent ERROR
  socket_type,  // the peer's socket is of a type that ours does not speak with
  identity,     // too long, or one that sockets make for others
  protocol,     // bytes that are against the rules
  too_long,     // a frame or a message over the limit
};

struct ZmtpFailure {
  ZmtpFault fault = ZmtpFault::none;
  std::string detail;  // for the log: names the thing and the number
};

}  // namespace zeroway
