#include "router/net/certificate_end.h"

#include <array>
#include <ctime>

#include "router/net/limits.h"

namespace zeroway {

namespace {

std::string show(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

}  // namespace

std::string expiry_warning(const CertificateEnd& end, WallTime now) {
  if (end.time - now > kExpiryNotice) return {};
  if (end.time <= now)
    return "TLS: " + end.file + " has expired on " + show(end.time) + ": clients refuse it, put a new one in its place";
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(end.time - now).count();
  const std::string left = hours < 48 ? std::to_string(hours) + " hours" : std::to_string(hours / 24) + " days";
  return "TLS: " + end.file + " expires in " + left + ", on " + show(end.time) + ": put a new one in its place";
}

}  // namespace zeroway
