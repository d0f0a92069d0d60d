// The commands of CURVE's handshake as bytes (ZeroMQ RFC 26): where each field stands in a command's body.
//
//     HELLO     05 name  version (2: 1 0)  zeros (72)  C' (32)  counter (8)  box of 64 zeros (80)           C' → S
//     WELCOME   07 name  random (16)  box of: S' (32)  cookie (96)                                           S → C'
//     INITIATE  08 name  cookie (96)  counter (8)  box of: C (32)  vouch (96)  properties                    C' → S'
//     vouch     random (16)  box of: C' (32)  S (32)                                                         C → S'
//     READY     05 name  counter (8)  box of: properties                                                     S' → C'
//
// Owner: nobody; numbers.   Thread: any.
#pragma once
#include <cstddef>
#include <string_view>

#include "proto/zmtp/curve_box.h"

namespace zeroway {

inline constexpr std::size_t kCurveKeySize = 32;
inline constexpr std::size_t kCurveCookie = 96;
inline constexpr std::size_t kCurveVouch = kCurveRandomNonce + kCurveTag + 2 * kCurveKeySize;

inline constexpr std::string_view kHelloStart{"\x05HELLO\x01\x00", 8};
inline constexpr std::size_t kHelloPadding = 72;
inline constexpr std::size_t kHelloKeyAt = kHelloStart.size() + kHelloPadding;
inline constexpr std::size_t kHelloCounterAt = kHelloKeyAt + kCurveKeySize;
inline constexpr std::size_t kHelloBoxAt = kHelloCounterAt + kCurveCounter;
inline constexpr std::size_t kHelloZeros = 64;
inline constexpr std::size_t kHelloSize = kHelloBoxAt + kCurveTag + kHelloZeros;

inline constexpr std::string_view kWelcomeStart = "\x07WELCOME";
inline constexpr std::size_t kWelcomeBoxAt = kWelcomeStart.size() + kCurveRandomNonce;
inline constexpr std::size_t kWelcomePlain = kCurveKeySize + kCurveCookie;
inline constexpr std::size_t kWelcomeSize = kWelcomeBoxAt + kCurveTag + kWelcomePlain;

inline constexpr std::string_view kInitiateStart = "\x08INITIATE";
inline constexpr std::size_t kInitiateCounterAt = kInitiateStart.size() + kCurveCookie;
inline constexpr std::size_t kInitiateBoxAt = kInitiateCounterAt + kCurveCounter;
inline constexpr std::size_t kInitiateLeast = kInitiateBoxAt + kCurveTag + kCurveKeySize + kCurveVouch;

inline constexpr std::string_view kReadyStart = "\x05READY";
inline constexpr std::size_t kReadyBoxAt = kReadyStart.size() + kCurveCounter;
inline constexpr std::size_t kReadyLeast = kReadyBoxAt + kCurveTag;

inline constexpr std::string_view kHelloNonce = "CurveZMQHELLO---";
inline constexpr std::string_view kWelcomeNonce = "WELCOME-";
inline constexpr std::string_view kInitiateNonce = "CurveZMQINITIATE";
inline constexpr std::string_view kVouchNonce = "VOUCH---";
inline constexpr std::string_view kReadyNonce = "CurveZMQREADY---";

static_assert(kHelloSize == 200 && kWelcomeSize == 168 && kCurveVouch == 96 && kInitiateLeast == 257);

}  // namespace zeroway
