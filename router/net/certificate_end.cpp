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

std::string show_left(std::chrono::system_clock::duration left) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(left).count();
  return hours < 48 ? std::to_string(hours) + " hours" : std::to_string(hours / 24) + " days";
}

}  // namespace

std::string describe(const CertificateEnd& end, WallTime now) {
  if (end.time <= now) return end.file + ": has expired on " + show(end.time);
  return end.file + ": good for " + show_left(end.time - now) + ", until " + show(end.time);
}

std::string expiry_warning(const CertificateEnd& end, WallTime now) {
  if (end.time - now > kExpiryNotice) return {};
  if (end.time <= now)
    return "TLS: " + end.file + " has expired on " + show(end.time) + ": clients refuse it, put a new one in its place";
  return "TLS: " + end.file + " expires in " + show_left(end.time - now) + ", on " + show(end.time) +
         ": put a new one in its place";
}

}  // namespace zeroway
