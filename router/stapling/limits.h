// What asking responders of OCSP may cost.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

inline constexpr std::chrono::seconds kOcspTimeout{15};       // for one question: name, connection, answer
inline constexpr std::size_t kMaxOcspAnswer = 64 << 10;       // bytes; real ones are below 5 KB
inline constexpr std::chrono::minutes kOcspFirstRetry{1};     // after a failure; then doubling
inline constexpr std::chrono::minutes kOcspLastRetry{60};     // most of it: an authority's outage lasts hours
inline constexpr std::chrono::minutes kOcspLeastPause{5};     // between two answers, however short they are good
inline constexpr std::chrono::hours kOcspMostPause{7 * 24};   // authorities renew answers within days
inline constexpr std::chrono::hours kMostStapleAge{30 * 24};  // of a kept answer: it is good for ten days at most
inline constexpr std::size_t kMostKeptAnswers = 1'024;        // in memory: 5 MiB of real ones
// Of the random part of each pause, a quarter: a fleet of routers does not ask at once.
inline constexpr int kOcspSpread = 4;

}  // namespace zeroway
