// The two messages that are not what their sender wrote, because the router has checked who the client is: HELLO, as
// the backend gets it, and WELCOME, as the client gets it.
//
//     [1, "realm1", {"roles": …, "authmethods": ["ticket"], "authid": "joe"}]
//       ──▶ [1, REALM, {"roles": …, "authmethods": ["anonymous-proxy"], "authid": …, "authrole": …, "authextra":
//            {"proxy_realm": …, "proxy_authid": …, "proxy_authrole": …, …}}]       what Crossbar.io's backends expect
//
// Owner: nobody; free functions.   Thread: any.
// All other keys stay, in their order; those that the client wrote in their place go. Not here: translation.
#pragma once
#include <string>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "router/wamp/auth/admission.h"
#include "router/wamp/value_error.h"

namespace zeroway {

// Appends the message to `out`, in the same serializer. `hello` is one that read_auth_hello() has taken.
[[nodiscard]] MaybeValueError write_backend_hello(Serializer serializer, Bytes hello, const WampAdmission& admission,
                                                  std::string& out);
// The same of WELCOME; the id of the session stays the backend's. The error is the backend's: no WELCOME.
[[nodiscard]] MaybeValueError write_client_welcome(Serializer serializer, Bytes welcome, const WampAdmission& admission,
                                                   std::string& out);

}  // namespace zeroway
