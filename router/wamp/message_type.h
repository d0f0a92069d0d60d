// The types of WAMP messages that the router looks at (WAMP, "Message Codes"); it passes on all others, too.
//
// Owner: constants.   Thread: any.
#pragma once
#include <cstddef>
#include <cstdint>

namespace zeroway {

namespace message_type {
inline constexpr std::uint64_t kHello = 1;
inline constexpr std::uint64_t kWelcome = 2;
inline constexpr std::uint64_t kAbort = 3;
inline constexpr std::uint64_t kChallenge = 4;
inline constexpr std::uint64_t kAuthenticate = 5;
inline constexpr std::uint64_t kGoodbye = 6;
inline constexpr std::uint64_t kError = 8;
inline constexpr std::uint64_t kPublish = 16;
inline constexpr std::uint64_t kPublished = 17;
inline constexpr std::uint64_t kSubscribe = 32;
inline constexpr std::uint64_t kSubscribed = 33;
inline constexpr std::uint64_t kUnsubscribe = 34;
inline constexpr std::uint64_t kUnsubscribed = 35;
inline constexpr std::uint64_t kEvent = 36;
inline constexpr std::uint64_t kEventReceived = 337;
inline constexpr std::uint64_t kCall = 48;
inline constexpr std::uint64_t kCancel = 49;
inline constexpr std::uint64_t kResult = 50;
inline constexpr std::uint64_t kRegister = 64;
inline constexpr std::uint64_t kRegistered = 65;
inline constexpr std::uint64_t kUnregister = 66;
inline constexpr std::uint64_t kUnregistered = 67;
inline constexpr std::uint64_t kInvocation = 68;
inline constexpr std::uint64_t kInterrupt = 69;
inline constexpr std::uint64_t kYield = 70;
}  // namespace message_type

// How many ids follow the type, at the elements 1 and 2.
[[nodiscard]] constexpr std::size_t ids_of(std::uint64_t type) {
  using namespace message_type;
  switch (type) {
    case kError:  // its first one is the type of the request
    case kPublished:
    case kSubscribed:
    case kUnsubscribe:
    case kEvent:
    case kRegistered:
    case kUnregister:
    case kInvocation:
      return 2;
    case kWelcome:
    case kPublish:
    case kSubscribe:
    case kUnsubscribed:
    case kEventReceived:
    case kCall:
    case kCancel:
    case kResult:
    case kRegister:
    case kUnregistered:
    case kInterrupt:
    case kYield:
      return 1;
    default:
      return 0;
  }
}

}  // namespace zeroway
