// The name that a client asks for in its first TLS message (RFC 8446 §4.1.2, RFC 6066 §3), without any key.
//
//     record:  22 | version 2 | length 2 | a part of the message           the message may lie in several records
//     message: 1 | length 3 | version 2 | random 32 | session id 1+n | ciphers 2+n | compressions 1+n | extensions 2+n
//     server_name (0): list 2+n of { 0 | name 2+n }
//
// Owner: a value.   Thread: any.
// Pure. Unknown ciphers, groups and extensions (GREASE, RFC 8701; post-quantum key shares) are passed over by their
// length. Not here: how long the message may take (edge/client_session.h), TLS that ends here (net/tls_context.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/bytes.h"

namespace zeroway {

struct ClientHello {
  enum class State : std::uint8_t {
    more,  // the message is not whole
    whole,
    wrong,  // the bytes are no such message, or it is too long
  };

  State state = State::more;
  std::string name{};        // lower case, without a dot at its end; "" = the client named none
  const char* failure = "";  // of `wrong`, for the log
};

// `bytes`: all that came so far, from the first byte on.
[[nodiscard]] ClientHello read_client_hello(Bytes bytes);

}  // namespace zeroway
