#include "router/net/certificate_end.h"

#include "router/net/limits.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

std::string show_left(std::chrono::system_clock::duration left) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(left).count();
  return hours < 48 ? std::to_string(hours) + " hours" : std::to_string(hours / 24) + " days";
}

}  // namespace

std::string describe(const CertificateEnd& end, WallTime now) {
  if (end.time <= now) return end.file + ": has expired on " + utc_text(end.time);
  return end.file + ": good for " + show_left(end.time - now) + ", until " + utc_text(end.time);
}

std::string expiry_warning(const CertificateEnd& end, WallTime now) {
  if (end.is_renewed || end.time - now > kExpiryNotice) return {};
  if (end.time <= now)
    return "TLS: " + end.file + " has expired on " + utc_text(end.time) +
           ": clients refuse it, put a new one in its place";
  return "TLS: " + end.file + " expires in " + show_left(end.time - now) + ", on " + utc_text(end.time) +
         ": put a new one in its place";
}

}  // namespace zeroway
