#include "join_cause.h"

#include <cerrno>
#include <cstring>

#include "limits.h"

namespace zeroway {

std::string no_connection(int error) {
  const std::string detail = std::string(" (") + std::strerror(error) + ")";
  switch (error) {
    case ECONNREFUSED:
    case ENOENT:
      return "nobody listens there" + detail;
    case ETIMEDOUT:
      return "the host there does not answer" + detail;
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "the host there cannot be reached" + detail;
    default:
      return "it cannot be connected to" + detail;
  }
}

std::string no_handshake(ZmtpFault why, bool has_keys) {
  if (why == ZmtpFault::refused)
    return "the router there does not allow this worker's key (--key, and the router's --fabric-allow)";
  if (why == ZmtpFault::mechanism)
    return has_keys ? "the fabric there is without keys: leave out --key and --router-key"
                    : "the router there wants keys: --key and --router-key";
  // The other side closed the connection, and gave no reason.
  if (has_keys)
    return "the handshake fails: --router-key is not the key of the router there, or the fabric there is without keys, "
           "or no Zeroway router listens there";
  return "the handshake fails: what listens there is no Zeroway router, or the router there wants keys (--key and "
         "--router-key)";
}

std::string no_welcome() {
  return "what listens there is no Zeroway router: no WELCOME within " +
         std::to_string(kWelcomePatience.count() / 1'000) + " s";
}

std::string broken_before_welcome() {
  return "what listens there breaks off before it says WELCOME: is it a Zeroway router?";
}

std::string refused(const std::string& reason) { return "the router there refuses this worker: " + reason; }

}  // namespace zeroway
