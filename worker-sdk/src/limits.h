// Every number of the SDK that limits something, with its reason. What router and worker agree on is in proto/limits.h.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

// what an option may be
inline constexpr std::uint32_t kMaxThreads = 1'024;  // of the pool: who wants more at once wants coroutines
inline constexpr std::chrono::milliseconds kMaxDrain = std::chrono::hours(24);  // above it is a slip of the unit
inline constexpr std::size_t kMostOfMaxBody = std::size_t{1} << 40;             // the same: nobody holds a terabyte
inline constexpr std::size_t kMaxBoundary = 70;                                 // of a multipart body: RFC 2046 §5.1.1
inline constexpr std::size_t kMaxPartHead = 16'384;  // of one part of it: two or three short fields are usual
inline constexpr std::size_t kFilePiece = 65'536;    // read of a file at once: what a client's window takes at first
inline constexpr std::size_t kMaxCaptures = 16;      // {name}s in one pattern: a match is kept without allocation

// what is sent and kept
inline constexpr std::size_t kMaxPiece = 262'144;      // put into a message at once: it stays under kMaxMessageSize
inline constexpr std::size_t kLargeMessage = 131'072;  // sent at once: beside it the router holds what it reads of it
inline constexpr std::size_t kKeptBuffer = 65'536;     // that is used again: what a request or a message rarely passes
inline constexpr std::size_t kSpareTimers = 1'024;     // of cancelled requests, before it is worth a look
inline constexpr std::size_t kMaxReason = 123;         // of a Close, RFC 6455 §5.5: 125 with the code

inline constexpr std::size_t kMaxLogLine = 4'096;  // PIPE_BUF: what a pipe takes whole, or not at all

// routers
inline constexpr std::size_t kMaxLinks = 1'024;                          // addresses, and pairs that WELCOMEs may name
inline constexpr unsigned kComplaintsPerSecond = 10;                     // a router gone wrong must not fill the disk
inline constexpr std::chrono::milliseconds kPauseBeforeHello{100};       // a dropped worker does not turn in a circle
inline constexpr std::chrono::milliseconds kConfirmationTimeout{5'000};  // for a router that does not answer GOAWAY
inline constexpr std::chrono::milliseconds kCausePatience{
    1'000};  // then the log says why no router is joined: a restart that takes less needs no words
inline constexpr std::chrono::milliseconds kLongestCausePause{60'000};  // between two lines, while causes alternate

// names
inline constexpr std::chrono::milliseconds kNameInterval{30'000};     // a new address serves within 35 s
inline constexpr std::chrono::milliseconds kNameAgain{1'000};         // after a failure: a name server is not flooded
inline constexpr std::chrono::milliseconds kLongestNamePause{5'000};  // between two lookups while something fails
inline constexpr int kAnswersWithoutAddress = 3;   // until it is gone: many name servers tell a part of a long list
inline constexpr std::size_t kMaxAddresses = 256;  // of one name: above it is a mistake
// A name server that is dead costs half a second, one that takes 3 s is waited for: each round over all servers waits
// twice as long as the one before, and a late answer counts too.
inline constexpr std::chrono::milliseconds kNameServerPatience{500};
inline constexpr int kNameServerTries = 4;                         // rounds: 0.5, 1, 2 and 4 s for each server
inline constexpr std::chrono::milliseconds kNameDeadline{10'000};  // of a lookup: then the next may do better

// the socket, and dialling
inline constexpr std::chrono::milliseconds kTcpPatience{
    10'000};  // for the acknowledgement of bytes: a host that is gone does not hold what is sent to it for 15 minutes
inline constexpr std::chrono::milliseconds kLeastDealPatience{
    3'000};  // for a word on deal, where a PING comes each second
// The loop dials anew, never libzmq: a router that was started again would deal to a worker that has not said HELLO
// yet, and libzmq would dial with the old routing id. Its turn is an hour away, the loop's comes first. Not -1, with
// which libzmq lets go of the endpoint later, when it may have been dialled again.
inline constexpr std::chrono::milliseconds kReconnectInterval{3'600'000};
inline constexpr std::chrono::milliseconds kDialAgain{100};     // then 200, 300 …: back within a second of the router
inline constexpr std::chrono::milliseconds kLongestPause{500};  // between two dials
inline constexpr std::chrono::milliseconds kDialJitter{100};    // a router's workers do not come back all at once
inline constexpr std::chrono::milliseconds kDealPatience{2'000};    // for a dial that says nothing
inline constexpr std::chrono::milliseconds kConnectTimeout{2'000};  // a host that drops packets must not cost minutes
inline constexpr std::chrono::milliseconds kHandshakePatience{
    5'000};  // for ZMTP's handshake: a busy router takes seconds, something else never ends it
inline constexpr std::chrono::milliseconds kWelcomePatience{5'000};  // for the answer to HELLO
inline constexpr std::chrono::milliseconds kProbeInterval{5'000};    // between two looks at why nobody answers
inline constexpr std::chrono::milliseconds kFarewellTime{1'000};     // for the last replies to leave the process

inline constexpr std::chrono::milliseconds kLeastAskInterval{20};  // between PINGs: a router answers 100 a second
inline constexpr std::chrono::milliseconds kProbeStep{20};         // between two looks at a probe that is under way

// the loop
inline constexpr std::chrono::milliseconds kLongestTurn{
    kDefaultHeartbeatInterval};         // a loop that was away for longer judges nobody by that time
inline constexpr int kReadAtOnce = 32;  // messages; then replies go out, and the router has work while the rest is read
inline constexpr int kTurnsBetweenPolls = 16;  // of a loop that never runs dry: signals and the monitor get their turn
inline constexpr std::size_t kCopyUpTo = 4'096;  // bytes: larger messages are handed over instead

// WebSockets that are closed when the worker leaves dial again at once: not all in one moment. Clients further apart
// than this do not feel each other, and a few of them need not wait for the whole drain time.
inline constexpr std::chrono::milliseconds kPauseBetweenCloses{100};
inline constexpr double kCloseWithin = 0.8;  // of the drain time: the rest is for the handlers to end

}  // namespace zeroway
