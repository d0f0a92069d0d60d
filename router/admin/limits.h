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

// a slice of a census: a few tenths of a millisecond, in which clients wait
inline constexpr std::size_t kWorkersAtOnce = 50;
inline constexpr std::size_t kTalliesAtOnce = 100;
inline constexpr std::size_t kWampClientsAtOnce = 200;

// events and requests
inline constexpr std::chrono::milliseconds kEventTick{100};  // a person sees no difference
inline constexpr std::chrono::milliseconds kNumbersEvery{1'000};
inline constexpr std::chrono::seconds kSlowestReader{30};        // takes nothing for so long: its connection is dropped
inline constexpr std::size_t kMostEventsAtOnce = 100;            // a reader that comes late gets them in several pieces
inline constexpr std::size_t kMostEventReaders = 200;            // of one loop; more get 503
inline constexpr std::size_t kMostStreamsTold = 1'000;           // the oldest: nobody reads more
inline constexpr std::size_t kFailedTold = 100, kSlowTold = 20;  // requests, when the question does not say
inline constexpr std::size_t kMostRoutesTold = 100;              // of other paths, in one explanation
inline constexpr std::chrono::seconds kLongestLogChange{3'600};  // a debug log that is forgotten ends by itself

}  // namespace zeroway
