// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::chrono::milliseconds kCensusAge{200};  // a person sees no difference, and scrapers cost nothing
inline constexpr std::size_t kMostAdminStreams = 2'000;      // of one loop; more get 503
inline constexpr std::size_t kMostLabels = 1'000;            // values of one label of a metric, then "other"
inline constexpr std::size_t kMostFailedTries = 10;  // wrong tokens of one address in kFailedTriesTime, then 429
inline constexpr std::chrono::seconds kFailedTriesTime{60};
inline constexpr std::size_t kMostTriers = 1'000;  // addresses whose wrong tokens are counted; the oldest are forgotten

}  // namespace zeroway
