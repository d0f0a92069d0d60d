// The numbers that limit what a configuration file may say.
//
// Owner: nobody; constants.   Thread: any.
// Not here: limits for clients (settings/settings.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kLargestFile = 16 << 20;             // bytes: a larger file was named by mistake
inline constexpr std::size_t kDeepestJson = 64;                   // nested values: ours need 8; the reading recurses
inline constexpr std::size_t kMostDuplicates = 20;                // told in one reading: each costs a parse of the file
inline constexpr std::size_t kLongestShown = 60;                  // bytes of a wrong value that an error repeats
inline constexpr std::size_t kLongestHostname = 253;              // RFC 1035 §2.3.4 without the length bytes
inline constexpr std::size_t kLongestLabel = 63;                  // RFC 1035 §2.3.4
inline constexpr std::size_t kLongestSocketPath = 107;            // sun_path of Linux, without its zero byte
inline constexpr std::uint16_t kAppProxyPort = 5050;              // where Backend.AI's App Proxy listens
inline constexpr std::chrono::milliseconds kLeastBeat{1'000};     // of a heartbeat: more often tells nothing new
inline constexpr std::chrono::milliseconds kMostBeat{3'600'000};  // a coordinator that waits longer was misconfigured
inline constexpr std::uint32_t kMostWeight = 1'000;               // finer shares than 1 in 1000 cannot be seen
inline constexpr std::uint32_t kMostRetries = 100;                // as --retries
inline constexpr std::chrono::milliseconds kMostBackOff{60'000};  // a server that is back is found within a minute

inline constexpr std::chrono::milliseconds kLeastCommandTime{100};       // the router counts anew every 200 ms
inline constexpr std::chrono::milliseconds kMostCommandTime{3'600'000};  // more was a wrong unit
inline constexpr std::uint64_t kMostFailedRequests = 1'000, kMostSlowRequests = 100;  // so many the router keeps
inline constexpr std::uint64_t kMostWampClients = 1'000;  // of one answer: nobody reads more

inline constexpr std::uint64_t kMostRate =
    1'000'000;  // requests of one client: the times of a burst stay far from 2^63
inline constexpr std::uint64_t kLeastRawSocketMessage = 512;      // the least that its handshake can say
inline constexpr std::uint64_t kMostRawSocketMessage = 16 << 20;  // the most that its handshake can say
inline constexpr std::uint32_t kMostOpen = 10'000'000;  // open requests: below the count of a slot of the open table

}  // namespace zeroway
