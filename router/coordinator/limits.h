// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

inline constexpr std::chrono::milliseconds kAskTimeout{10'000};   // for an answer: App Proxy's own limit to connect
inline constexpr std::chrono::milliseconds kLeaveTimeout{2'000};  // to sign off: a router that ends waits no longer
inline constexpr std::chrono::milliseconds kFirstRetry{500};      // a coordinator that restarts is back within seconds
inline constexpr std::chrono::milliseconds kLeastLongRetry{4'000}, kMostLongRetry{10'000};  // as App Proxy's workers
inline constexpr std::chrono::milliseconds kRefusedRetry{30'000};  // it said no: only a person changes that
inline constexpr std::chrono::milliseconds kRefetch{30'000};       // finds what a push has missed
inline constexpr std::chrono::milliseconds kLook{1'000};           // a backend that failed is told within two seconds
inline constexpr std::size_t kCircuitsPerLook = 1'000;             // more circuits are looked at less often
inline constexpr std::size_t kMostReported = 1'000;   // of circuits and of backends in a beat; others in the next
inline constexpr std::size_t kMostTable = 128 << 20;  // bytes of all circuits: 50 000 of 2 KiB
inline constexpr std::size_t kMostAnswer = 1 << 20;   // bytes of every other answer
inline constexpr std::size_t kMostWorkerId = 128;     // bytes: a part of paths
inline constexpr std::size_t kMostSecret = 4'096;     // bytes: a field of requests
inline constexpr std::size_t kMostTold = 20;          // lines in the log about circuits that cannot be read
inline constexpr int kDeepestAnswer = 12;             // nested values: a circuit has four; the reading recurses

}  // namespace zeroway
