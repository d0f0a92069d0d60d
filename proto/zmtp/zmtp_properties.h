// What a peer says of its socket in READY or INITIATE: properties, each with a name and a value.
//
//     length of the name (1)  name  length of the value (4)  value
//
// Owner: nobody; values and free functions.   Thread: any.
// Names are compared without case, unknown ones are ignored. Not here: which peers are refused (zmtp_session.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/bytes.h"

namespace zeroway {

struct ZmtpProperties {
  std::string socket_type;  // "ROUTER"; "" when the peer does not tell
  std::string identity;     // the routing id; "" = none
};

// Nothing when a property is cut short.
[[nodiscard]] std::optional<ZmtpProperties> read_zmtp_properties(Bytes bytes);
void append_zmtp_properties(std::string& out, const ZmtpProperties& properties);

}  // namespace zeroway
