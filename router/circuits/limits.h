// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

inline constexpr std::size_t kMostCircuits = 50'000;         // that were put: some 4 KiB of memory each
inline constexpr std::size_t kMostCircuitServers = 64;       // of one circuit: their turns stay within a pool's limit
inline constexpr std::size_t kMostClientNetworks = 1'000;    // of one circuit
inline constexpr std::size_t kMostIgnoredPaths = 64;         // of one circuit: each request is compared with all
inline constexpr std::size_t kMostUserName = 256;            // bytes
inline constexpr std::size_t kLargestCircuitFile = 1 << 20;  // bytes: far more than a circuit may say
inline constexpr int kDeepestCircuitJson = 8;                // values in one another: ours need 6; their end recurses
inline constexpr std::size_t kCircuitsAtOnce = 50;           // in one turn: half a millisecond, in which clients wait
inline constexpr std::chrono::milliseconds kCircuitSweep{1'000};  // idle circuits and drained servers are looked for

}  // namespace zeroway
