// ERROR, by which a peer refuses us in the handshake (ZeroMQ RFC 37): length of the reason (1), reason.
//
// Owner: nobody; free functions.   Thread: any.
#pragma once
#include "proto/zmtp/zmtp_failure.h"
#include "proto/zmtp/zmtp_frame.h"

namespace zeroway {

// What the peer told. `data`: of the command, without its name.
[[nodiscard]] ZmtpFailure zmtp_error_failure(Bytes data);
// Appends a frame. `reason`: at most 255 bytes. libzmq never dials again after ERROR: for refusals that last.
void append_zmtp_error(std::string& out, std::string_view reason);

}  // namespace zeroway
