// What HELLO, AUTHENTICATE and GOODBYE say of who the client is.
//
// Owner: a value.   Thread: any.
// Of a key that is there twice the last one counts, as for every later reader. Not here: the realm's form and the rest
// of HELLO (first_message.h), whether it is true (doorkeeper.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "router/wamp/value_error.h"

namespace zeroway {

struct AuthHello {
  std::string realm;                 // "" = HELLO names none
  std::vector<std::string> methods;  // `authmethods`, in the client's order; "anonymous" when HELLO has none
  std::string authid;                // "" = none
  // Of `authextra`; "" = none.
  std::string public_key, nonce, channel_binding;
};

struct Authenticate {
  std::string signature;
};

// What is wrong with it, if anything: then `hello` has no meaning.
[[nodiscard]] MaybeValueError read_auth_hello(Serializer serializer, Bytes message, AuthHello& hello);
// The same of AUTHENTICATE, [5, signature, extra].
[[nodiscard]] MaybeValueError read_authenticate(Serializer serializer, Bytes message, Authenticate& authenticate);

// Whether a HELLO offers `anonymous-proxy` or `cryptosign-proxy`, by which a backend believes whatever is said of the
// client: only a router may offer that.
[[nodiscard]] bool offers_proxy(Serializer serializer, Bytes hello);

// Whether it is GOODBYE with the reason `wamp.close.logout`, [6, details, reason].
[[nodiscard]] bool is_logout(Serializer serializer, Bytes message);

}  // namespace zeroway
