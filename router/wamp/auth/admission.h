// Who a client is, once it has shown it: what its backend and its WELCOME are told.
//
// Owner: the session.   Thread: one loop.
// Not here: how it was shown (auth_method.h), the messages (admitted_messages.h).
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace zeroway {

struct WampAdmission {
  std::string realm, authid, role;
  std::string method;               // "ticket", …; of a cookie, that by which the client came first
  std::string provider = "static";  // or "cookie"
  std::vector<std::pair<std::string, std::string>> extra;  // for the `authextra` of its WELCOME

  bool operator==(const WampAdmission&) const = default;
};

}  // namespace zeroway
