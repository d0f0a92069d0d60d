// The 64 bytes that each side of a ZMTP connection sends first (ZeroMQ RFC 23 and 37).
//
//     ff  padding (8)  7f  major  minor  mechanism (20, filled with zeros)  as-server  zeros (31)
//
// The first 12 bytes are sent at once, the others when the peer's first 12 are there: libzmq sends its mechanism with
// its 12th byte. If it had ours by then, and another one, it would close without a word, and we could not say why.
// Nobody waits for more than that: libzmq too sends its mechanism only to a peer whose version it knows.
//
// Owner: nobody; values and free functions.   Thread: any.
// Not here: what happens after it (zmtp_session.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/zmtp/zmtp_failure.h"

namespace zeroway {

struct ZmtpGreeting {
  int minor = 0;  // of the version that both sides speak: 0 or 1
};

// We speak 3.1. `mechanism`: "NULL" or "CURVE".
[[nodiscard]] std::string zmtp_greeting(std::string_view mechanism);

// What is wrong with the bytes that came so far, up to 64 of them; a failure without a fault while they may become a
// greeting. A peer that speaks another protocol is recognized at its first byte.
[[nodiscard]] ZmtpFailure zmtp_greeting_failure(Bytes bytes, std::string_view mechanism);

// `bytes`: 64 bytes without a failure.
[[nodiscard]] ZmtpGreeting read_zmtp_greeting(Bytes bytes);

}  // namespace zeroway
