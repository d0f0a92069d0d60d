// Every number that limits how certificates are fetched and made, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

// orders
inline constexpr std::chrono::seconds kOrderDeadline{
    180};  // of one order; authorities need seconds, busy ones a minute
inline constexpr std::chrono::milliseconds kChildGrace{2'000};  // from SIGTERM to SIGKILL: to write its account
inline constexpr std::chrono::milliseconds kPipeGrace{
    500};                                             // for the end of the child's words: a heir may keep the pipe
inline constexpr std::size_t kMostLastWords = 8'192;  // of the child: its reason is at the end
inline constexpr std::size_t kMostReason = 400;       // bytes of a reason in the log
inline constexpr std::size_t kMostOrders = 4;         // at once: each is a process of 40 MB for some seconds
inline constexpr std::chrono::milliseconds kBlockedLook{200};  // until an order looks again whether it may begin
inline constexpr std::chrono::hours kLongestLook{1};           // between two looks at the clock: it may be set
inline constexpr std::chrono::seconds kFirstRetry{60};         // after a failure, doubled by each further one …
inline constexpr std::chrono::hours kLastRetry{6};             // … up to this: below all limits of Let's Encrypt
inline constexpr std::chrono::hours kTellFailureAgain{1};      // between log lines about one certificate's failures
inline constexpr std::chrono::hours kTellEndAgain{6};          // between warnings that one certificate ends
inline constexpr std::size_t kProbeSize = 65'536;              // room that an order needs in the state directory

// challenges
inline constexpr std::size_t kMostAnswer = 1'024;       // bytes of an answer: a token, a dot and 43 characters
inline constexpr std::size_t kMostChallengeFiles = 64;  // looked at in the folder of one order; it has one

inline constexpr std::chrono::milliseconds kDigestInterval{3};  // until the client is asked again for its digest
inline constexpr std::chrono::milliseconds kDigestWait{2'000};  // for one answer of it: it is on this machine

// what is stored
inline constexpr std::size_t kMostPair = 262'144;  // bytes of a key with its chain; real ones are below 16 KB

// certificates that the router makes
inline constexpr std::chrono::hours kClockSkew{1};                // before now: clients' clocks are late
inline constexpr std::chrono::hours kTemporaryLife{90 * 24};      // nobody believes it anyway
inline constexpr std::chrono::hours kRootLife{3'650 * 24};        // changes only by hand
inline constexpr std::chrono::hours kIntermediateLife{365 * 24};  // renewed by itself
inline constexpr std::chrono::hours kLeafLife{45 * 24};           // a third of it is time to see why it is not renewed

}  // namespace zeroway
