// Every number of the backends that limits something and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

// origins
inline constexpr std::size_t kIdleConnections =
    1'024;  // to one server, on one loop: 10 HTTP/2 clients with 50 streams each use 500, and fewer dial in every lull
inline constexpr std::chrono::milliseconds kIdleTime{60'000};   // below the 75 s after which nginx closes; others: less
inline constexpr std::chrono::milliseconds kIdleLook{15'000};   // between two looks for connections that are too old
inline constexpr std::chrono::milliseconds kFollowTime{5'000};  // for the name servers, to say where a server is now
inline constexpr std::size_t kSharedStreams =
    100;  // requests that wait for one HTTP/2 connection: as many as it takes before its SETTINGS are known
inline constexpr std::chrono::milliseconds kContinueWait{
    1'000};  // for 100 Continue, which many servers never send; curl waits as long before it sends a body unasked
inline constexpr std::chrono::milliseconds kCloseTime{5'000};  // for the last bytes of a connection that is closed
inline constexpr std::chrono::milliseconds kTunnelRest{
    60'000};  // for the last window of a tunnel that has ended, to a server that reads slowly: 4 KiB/s
inline constexpr std::chrono::milliseconds kLongestDial{
    60'000};                                               // without a limit of the operator's: nobody waits longer
inline constexpr std::size_t kSpareOriginStreams = 1'024;  // kept for reuse: enough for a busy loop
inline constexpr std::size_t kWarmRequest = 16'384;        // memory kept for the body of an opening: most bodies fit
inline constexpr std::size_t kWarmHead = 8'192;            // list size of a head whose memory is kept: most heads fit

// tunnels
inline constexpr std::chrono::milliseconds kTunnelEnd{
    30'000};  // for a server to end its side, once a WebSocket's client has closed: a reset sooner would destroy the
              // last bytes on their way

inline constexpr std::chrono::milliseconds kTunnelLook{500};  // between two looks for tunnels of servers that are out

// RawSockets
inline constexpr std::size_t kUnsentFrames =
    65'536;  // bytes that wait for a server that reads slowly: beyond, it gets no credit, and neither does the client
inline constexpr std::chrono::milliseconds kLeastHandshake{
    1'000};  // for the handshake's answer, even when the dial took nearly all of the time
// sessions of WAMP
inline constexpr std::size_t kMostWampMessage =
    16 << 20;  // bytes, where neither the path nor the backend has a limit: as RawSocket's largest
inline constexpr std::size_t kWarmMessages = 65'536;            // memory kept for the next message that has to wait
inline constexpr std::chrono::milliseconds kHelloTime{10'000};  // for the first message of a client that has connected
inline constexpr std::chrono::milliseconds kNextHelloTime{10'000};  // for another session behind GOODBYE
inline constexpr std::chrono::milliseconds kRealmTime{
    30'000};  // for a backend to take a session: a dial and the wait for a worker are shorter
inline constexpr std::chrono::milliseconds kAbortedTime{1'000};  // for the close of a backend that has said ABORT
inline constexpr std::chrono::milliseconds kLeaveTime{5'000};    // for a backend to answer our Close
inline constexpr std::size_t kMostRealm = 255;                   // bytes of a realm's name: as workers may say

// coded replies
inline constexpr std::size_t kSliceCost = 100;  // us that a slice takes (coding/coder_kind.h)
inline constexpr std::size_t kFlushCost = 10;   // us: also an event of a few bytes takes so long
inline constexpr std::size_t kTurnCost = 100;   // us of coding in one turn of the loop: other requests wait no longer
inline constexpr std::size_t kLongestRun =
    1'000;  // us for one stream while others wait: a body of 64 KiB in one go, and no download holds up a small one
inline constexpr std::size_t kWarmCodedBuffer = 131'072;   // bytes of a buffer kept for the next body
inline constexpr std::size_t kSpareCodedStreams = 256;     // kept for reuse after a peak
inline constexpr std::size_t kMostWeightChanges = 10'000;  // of a pool by operators: each keeps some hundred bytes

}  // namespace zeroway
