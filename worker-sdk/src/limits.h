// Every number of the SDK that limits something, with its reason. Limits that router and worker share are in
// proto/limits.h.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

// ranges of options
inline constexpr std::uint32_t kMaxThreads = 1'024;  // of the pool: for more requests at once there are coroutines
inline constexpr std::chrono::milliseconds kMaxDrain = std::chrono::hours(24);  // a longer time is a wrong unit
inline constexpr std::size_t kMostOfMaxBody = std::size_t{1} << 40;             // the same: no worker holds a terabyte
inline constexpr std::size_t kMaxBoundary = 70;                                 // of a multipart body: RFC 2046 §5.1.1
inline constexpr std::size_t kMaxPartHead = 16'384;  // of one part of it: two or three short fields are usual
inline constexpr std::size_t kFilePiece = 65'536;    // read of a file at once: the first window of a client
inline constexpr std::size_t kMaxCaptures = 16;      // {name}s in one pattern: a match is kept without allocation

// sending and buffers
inline constexpr std::size_t kMaxPiece = 262'144;      // put into a message at once: it stays under kMaxMessageSize
inline constexpr std::size_t kLargeMessage = 131'072;  // sent at once: the router holds it, and what it has read of it
inline constexpr std::size_t kKeptBuffer = 65'536;     // of memory that is used again: larger requests are rare
inline constexpr std::size_t kSpareTimers = 1'024;     // of cancelled requests, before they are swept
inline constexpr std::size_t kMaxReason = 123;         // of a Close, RFC 6455 §5.5: 125 with the code

inline constexpr std::size_t kMaxLogLine = 4'096;  // PIPE_BUF: a pipe takes so many bytes whole, or not at all

// routers
inline constexpr std::size_t kMaxLinks = 1'024;       // addresses, and the endpoint pairs that WELCOMEs may name
inline constexpr unsigned kComplaintsPerSecond = 10;  // a faulty router must not fill the disk
inline constexpr std::chrono::milliseconds kPauseBeforeHello{100};       // so that a dropped worker does not loop
inline constexpr std::chrono::milliseconds kConfirmationTimeout{5'000};  // for a router that does not answer GOAWAY
inline constexpr std::chrono::milliseconds kCausePatience{
    1'000};  // then the log says why no router is joined: a shorter restart needs no line
inline constexpr std::chrono::milliseconds kLongestCausePause{60'000};  // between two lines, while causes alternate

// names
inline constexpr std::chrono::milliseconds kNameInterval{30'000};  // a new address serves within 35 s
inline constexpr std::chrono::milliseconds kNameAgain{1'000};  // after a failure: so that a name server is not flooded
inline constexpr std::chrono::milliseconds kLongestNamePause{5'000};  // between two lookups while something fails
inline constexpr int kAnswersWithoutAddress = 3;   // then an address is gone: many name servers tell part of a list
inline constexpr std::size_t kMaxAddresses = 256;  // of one name: a name with more is a mistake
// A dead name server costs half a second; a name server that takes 3 s is still waited for: each round over all servers
// waits twice as long as the round before, and a late answer counts too.
inline constexpr std::chrono::milliseconds kNameServerPatience{500};
inline constexpr int kNameServerTries = 4;                         // rounds: 0.5, 1, 2 and 4 s for each server
inline constexpr std::chrono::milliseconds kNameDeadline{10'000};  // of a lookup: then a new lookup may do better

// the socket, and dialling
inline constexpr std::chrono::milliseconds kTcpPatience{
    10'000};  // for the acknowledgement of bytes: the default would hold messages to a dead host for 15 minutes
inline constexpr std::chrono::milliseconds kLeastDealPatience{
    3'000};  // of silence on deal, where a PING comes each second
// The loop reconnects, never libzmq: libzmq would reconnect with the old routing id, and a restarted router would deal
// to a worker that has not said HELLO yet. So libzmq's interval is an hour, and the loop always comes first. Not -1:
// with -1 libzmq drops the endpoint later, when the loop may have connected to it again.
inline constexpr std::chrono::milliseconds kReconnectInterval{3'600'000};
inline constexpr std::chrono::milliseconds kDialAgain{100};     // then 200, 300 …: within 1 s of the router's return
inline constexpr std::chrono::milliseconds kLongestPause{500};  // between two connection attempts
inline constexpr std::chrono::milliseconds kDialJitter{100};    // the workers of a router do not all reconnect at once
inline constexpr std::chrono::milliseconds kDealPatience{2'000};    // for a connection attempt without an event
inline constexpr std::chrono::milliseconds kConnectTimeout{2'000};  // a host that drops packets must not cost minutes
inline constexpr std::chrono::milliseconds kHandshakePatience{
    5'000};  // for ZMTP's handshake: a busy router takes seconds, a server of another protocol never ends it
inline constexpr std::chrono::milliseconds kWelcomePatience{5'000};  // for the answer to HELLO
inline constexpr std::chrono::milliseconds kProbeInterval{5'000};    // between two probes of why no router answers
inline constexpr std::chrono::milliseconds kFarewellTime{1'000};     // for the last replies to leave the process

inline constexpr std::chrono::milliseconds kLeastAskInterval{20};  // between PINGs: a router answers 100 a second
inline constexpr std::chrono::milliseconds kProbeStep{20};         // between two checks of a running probe

// the loop
inline constexpr std::chrono::milliseconds kLongestTurn{
    kDefaultHeartbeatInterval};                // a loop that was blocked for longer must not judge routers by that time
inline constexpr int kReadAtOnce = 32;         // messages; then replies are sent, so the router has work meanwhile
inline constexpr int kTurnsBetweenPolls = 16;  // of a loop that is always busy, for signals and the monitor
inline constexpr std::size_t kCopyUpTo = 4'096;  // bytes: larger messages are passed on without a copy

// Clients reconnect at once when the leaving worker closes their WebSockets, so the worker does not close them all in
// one moment. Clients further apart than this do not disturb each other, and a few clients need not wait for the whole
// drain time.
inline constexpr std::chrono::milliseconds kPauseBetweenCloses{100};
inline constexpr double kCloseWithin = 0.8;  // of the drain time: the rest is for the handlers to end

}  // namespace zeroway
