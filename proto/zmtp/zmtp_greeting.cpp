#include "proto/zmtp/zmtp_greeting.h"

#include <algorithm>

#include "proto/zmtp/limits.h"
#include "proto/zmtp/printable.h"

namespace zeroway {
namespace {

constexpr std::size_t kSignatureEnd = 9;  // 0x7f stands here
constexpr std::size_t kMajor = 10;
constexpr std::size_t kMinor = 11;
constexpr std::size_t kMechanism = 12;
constexpr std::size_t kMechanismSize = 20;

std::string_view mechanism_of(Bytes greeting) {
  const std::string_view field = as_text(greeting.subspan(kMechanism, kMechanismSize));
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

}  // namespace

std::string zmtp_greeting(std::string_view mechanism) {
  std::string greeting(kZmtpGreeting, '\0');
  greeting[0] = '\xff';
  greeting[kSignatureEnd - 1] = 1;  // as libzmq: for a peer of ZMTP 1, the length of an empty identity and 1
  greeting[kSignatureEnd] = '\x7f';
  greeting[kMajor] = 3;
  greeting[kMinor] = 1;
  std::copy(mechanism.begin(), mechanism.end(), greeting.begin() + kMechanism);
  return greeting;
}

ZmtpFailure zmtp_greeting_failure(Bytes bytes, std::string_view mechanism) {
  if (!bytes.empty() && bytes[0] != 0xff) return {ZmtpFault::not_zmtp, "what it sends is no ZMTP greeting"};
  if (bytes.size() > kSignatureEnd && (bytes[kSignatureEnd] & 1U) == 0)
    return {ZmtpFault::version, "it speaks ZMTP 1, only ZMTP 3 will do"};
  if (bytes.size() > kMajor && bytes[kMajor] < 3) return {ZmtpFault::version, "it speaks ZMTP 2, only ZMTP 3 will do"};
  if (bytes.size() < kZmtpGreeting) return {};
  // All 20 bytes count: "NULL" and then anything is another mechanism.
  const std::string_view field = as_text(bytes.subspan(kMechanism, kMechanismSize));
  const bool is_ours =
      field.starts_with(mechanism) && field.find_first_not_of('\0', mechanism.size()) == std::string_view::npos;
  if (is_ours) return {};
  return {ZmtpFault::mechanism,
          "its mechanism is '" + printable(mechanism_of(bytes)) + "', ours is " + std::string(mechanism)};
}

ZmtpGreeting read_zmtp_greeting(Bytes bytes) { return {.minor = bytes[kMajor] > 3 || bytes[kMinor] >= 1 ? 1 : 0}; }

}  // namespace zeroway
