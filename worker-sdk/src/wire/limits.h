// Every number of the wire that limits something, with its reason: names, dialling, the socket, and the loop.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

// the log
inline constexpr std::chrono::milliseconds kCausePatience{
    1'000};  // then the log says why no router is joined: a shorter restart needs no line
inline constexpr std::chrono::milliseconds kLongestCausePause{60'000};  // between two lines, while causes alternate

// names
inline constexpr std::chrono::milliseconds kNameInterval{30'000};  // a new address serves within 35 s
inline constexpr std::chrono::milliseconds kNameAgain{1'000};  // after a failure: so that a name server is not flooded
inline constexpr std::chrono::milliseconds kLongestNamePause{5'000};  // between two lookups while something fails
inline constexpr int kAnswersWithoutAddress = 3;     // then an address is gone: many name servers tell part of a list
inline constexpr std::size_t kMaxAddresses = 256;    // of one name: a name with more is a mistake
inline constexpr std::size_t kMaxServiceHosts = 64;  // of one service: each is looked up, with sockets of its own
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
inline constexpr std::chrono::milliseconds kProbeStep{20};           // between two checks of a running probe

// the loop
inline constexpr std::chrono::milliseconds kLongestTurn{
    kDefaultHeartbeatInterval};                // a loop that was blocked for longer must not judge routers by that time
inline constexpr int kReadAtOnce = 32;         // messages; then replies are sent, so the router has work meanwhile
inline constexpr int kTurnsBetweenPolls = 16;  // of a loop that is always busy, for signals and the monitor
inline constexpr std::size_t kCopyUpTo = 4'096;  // bytes: libzmq gets larger messages without a copy

// the engine loop
inline constexpr std::size_t kReadSize = 65'536;    // of a read: a message is seldom longer
inline constexpr std::size_t kLeastRoom = 16'384;   // behind an unfinished frame: less makes many small reads
inline constexpr std::size_t kSentAsItIs = 16'384;  // bytes of a message: from there on a copy costs more than a part
inline constexpr int kLocalBuffer = 1 << 19;        // of a unix socket, to send: a stream's window in one call
inline constexpr std::size_t kPartsAtOnce = 8;      // of what waits, in one call: the socket takes less anyway
inline constexpr std::chrono::seconds kKeepaliveInterval{
    5};  // of idle connections: with kTcpPatience, a host that is gone costs 15 s
inline constexpr std::chrono::milliseconds kFarewellStep{10};  // between two looks whether the last bytes have arrived

}  // namespace zeroway
