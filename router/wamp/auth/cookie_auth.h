// The cookie of a path of WAMP: which one a client has or gets, and the method `cookie`, by which it is known again.
//
// Owner: nobody; free functions.   Thread: any.
// Only cookies of somebody who has joined are known. Any other that a client brings is replaced: nobody can plant one
// and wait until its victim logs in with it. Not here: what is remembered (cookie_store.h).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway {

struct CookieChoice {
  std::string cookie;   // the client's, from now on
  bool is_new = false;  // the reply to its opening has to set it
};

// Of a client that brought `offered`: all its cookies of that name.
[[nodiscard]] CookieChoice choose_cookie(const WampCookieSpec& spec, const CookieStore& store,
                                         const std::vector<std::string_view>& offered, WampWallTime now,
                                         const RandomBytes& random);
// The value of Set-Cookie (RFC 6265). SameSite=Lax keeps it off WebSockets that pages of other sites open. `path`: that
// of the opening.
enum class IsSecure : bool { no, yes };
[[nodiscard]] std::string set_cookie(const WampCookieSpec& spec, std::string_view cookie, std::string_view path,
                                     IsSecure secure);

// `store` outlives the method. A principal may be gone since the client has joined, or have another role: `is_valid`
// says whether not.
using IsValidAdmission = std::function<bool(const WampAdmission& admission)>;
[[nodiscard]] std::unique_ptr<AuthMethod> make_cookie_auth(const CookieStore& store, IsValidAdmission is_valid);

}  // namespace zeroway
