// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kWarmExchanges = 1'024;    // kept for reuse: enough for a busy loop, 2 MiB after a peak
inline constexpr std::size_t kWarmBodyMemory = 16'384;  // kept of an exchange's body buffer: most bodies fit
inline constexpr std::size_t kWarmHeadMemory = 8'192;   // kept of an exchange's heads: most heads fit
inline constexpr std::uint32_t kMaxReopenings = 64;     // of an unseen request: no endless loop when all refuse it
inline constexpr std::size_t kMaxInterim = 262'144;     // of one reply, names + values + 32 each: no credit bounds them
inline constexpr std::chrono::milliseconds kRetryWait{
    750};  // for pauses and for the budget: clients of a dead backend get an answer within 1 s
inline constexpr std::chrono::milliseconds kRetryPause{100};  // times the retries so far: backends may die in a row
inline constexpr std::size_t kMostRequestId = 128;  // a client's own: longer than every known scheme's, short in a log
inline constexpr std::size_t kMostTallies = 1'000;  // ways through plans that are counted each for itself, of all plans
inline constexpr std::size_t kMostLostAttempts = 16;        // that are told of one request
inline constexpr std::chrono::seconds kTellLimitEvery{10};  // an event of a loop: clients over a limit are many

inline constexpr std::size_t kMostStickyCookies = 4;  // of one name in a request: one for each path that a site has

}  // namespace zeroway
