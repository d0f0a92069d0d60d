// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

// limits
inline constexpr std::size_t kRateSlots = 262'144;  // clients of rate limits, of all loops: 4 MiB, whoever comes
inline constexpr std::size_t kOpenSlots = 131'072;  // addresses with open requests: 1 MiB, more than connections

// passwords
inline constexpr std::size_t kMaxPasswordFile = 16 << 20;  // bytes: 100 000 users; a larger file was named by mistake
inline constexpr std::size_t kMaxUserName = 256;           // bytes, as in the common directories
inline constexpr std::size_t kMaxPassword = 512;           // bytes: libcrypt takes no longer ones
inline constexpr unsigned kMostBcryptCost = 16;            // 2^16 rounds take about 5 s: more would never be waited for
inline constexpr std::uint64_t kMostShaRounds = 5'000'000;  // about as long
inline constexpr std::size_t kMostFileErrors = 20;          // told of one file; the operator reads the first ones

// hashing of passwords
inline constexpr std::size_t kMostHashThreads = 4;  // beside the loops, at a lower priority
inline constexpr std::size_t kMostHashes = 64;  // that wait for a thread: a few seconds of work; further ones get 503
inline constexpr std::size_t kMostHashesOfAddress = 8;  // of one client address at once; further ones get 503
inline constexpr std::size_t kMostHashWaiters = 4'096;  // requests that wait for one of the hashes: a page opens many
inline constexpr std::chrono::seconds kLongestHashWait{10};  // in the queue; then nobody waits any more
inline constexpr std::size_t kMostGoodLogins = 4'096;        // remembered by one loop: 200 KiB
inline constexpr std::chrono::minutes kGoodLoginLife{15};    // then the password is hashed again

// tokens
inline constexpr std::size_t kMaxToken = 16'384;        // bytes of a JWT: those with many groups are below 10 KB
inline constexpr std::size_t kMostTokens = 1'024;       // remembered by one loop, with their claims: about 4 MiB
inline constexpr std::size_t kMaxKeyFile = 1 << 20;     // bytes of a key or a key set
inline constexpr std::size_t kMaxKeys = 256;            // of one set: providers have fewer than ten
inline constexpr std::size_t kLeastSecret = 32;         // bytes of an HMAC secret (RFC 7518 §3.2)
inline constexpr int kLeastRsaBits = 2'048;             // RFC 7518 §3.3
inline constexpr int kMostRsaBits = 8'192;              // a check costs the square of them
inline constexpr std::size_t kMaxClaimField = 4'096;    // bytes of a field made of a claim: heads have a limit, too
inline constexpr std::chrono::seconds kTokenLeeway{5};  // by which clocks may differ, for tokens of circuits
inline constexpr std::size_t kMostPermitCookies = 8;  // of one request that are read: a browser sends one for each path

// login services
inline constexpr std::size_t kMaxServiceBody = 65'536;  // of a refusal: what a backend may send without credit
inline constexpr std::size_t kMostDroppedBody =
    16'384;  // of a consent: read to keep the connection; above, it is closed
inline constexpr std::size_t kMostOpenedCookies = 4'096;  // that a loop remembers: as many members are seldom there
inline constexpr std::size_t kMostSealedCookie = 1'024;   // bytes: names of members have a few hundred at the most
inline constexpr std::size_t kMostUnreadAnswers = 256;    // at once, by one loop
inline constexpr std::size_t kWarmQuestions = 64;         // kept for reuse, with the memory of their heads
inline constexpr int kMostServiceTries = 3;               // of one question: kept connections may have ended meanwhile

}  // namespace zeroway
