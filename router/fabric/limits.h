// Every number of the fabric that limits something and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::chrono::milliseconds kClaimPatience{
    20};  // a healthy worker claims or answers in a few ms; then a ping round asks, or asks again
inline constexpr std::chrono::milliseconds kRoundEvery{
    1'000};  // a hung worker is found although nothing was dealt to it
inline constexpr std::chrono::milliseconds kShortTick{
    20};  // while something is unclaimed or waits: "within milliseconds"
inline constexpr std::chrono::milliseconds kLongTick{250};
inline constexpr std::chrono::milliseconds kLostTime{
    250};  // a tick that is later than this shows that the loop did not run (SIGSTOP, a machine that was suspended)
inline constexpr std::chrono::milliseconds kStarvedFor{
    10'000};  // a stream without credit; then the operator is told: its worker may have forgotten it
inline constexpr std::chrono::milliseconds kStarvedLookEvery{1'000};  // a look at all streams
inline constexpr std::size_t kMostRepeated = 1'000;  // different lines of strangers in a minute: a few addresses each
inline constexpr std::size_t kMostRoutesShown = 8;   // of a worker in a line of the log
inline constexpr std::size_t kMostRouteShown = 100;  // bytes of one
inline constexpr std::chrono::milliseconds kRefusedPause{
    50};  // a worker that refused is left alone: no hot loop of refusals
inline constexpr std::chrono::milliseconds kRoundPause{
    20};                                          // peers that come and go without end must not cost a ping round each
inline constexpr std::size_t kKnownEpochs = 256;  // of dealt pings: answers that come later than that say nothing
inline constexpr std::size_t kMailFlush = 1 << 20;     // a worker's outbox is sent early: stays under kMaxMessageSize
inline constexpr int kMessagesPerTurn = 1'000;         // in one go
inline constexpr std::size_t kBytesPerTurn = 4 << 20;  // the same: a message may be 4 MiB of frames
inline constexpr std::chrono::milliseconds kDealHeartbeat{2'000};  // ZeroMQ's own: a stopped worker leaves deal, too
inline constexpr std::chrono::milliseconds kDealTimeout{10'000};  // until then it is only steered, which serves as well
inline constexpr std::chrono::milliseconds kHelloPatience{
    5'000};  // from a connection to steer to its HELLO: one that says nothing holds a descriptor and a routing id
// What a worker says in a second that is no piece of a reply (late frames, credit, answers to PINGs), in bytes, a frame
// counting as so many more: a quarter of a million frames, or the windows of 1 024 streams. More, and it is cut.
inline constexpr std::size_t kIdleFrameCost = 1'024;
inline constexpr std::size_t kIdlePerSecond = 256 << 20;
// The same, of a peer that has not said HELLO or was dropped. It has no streams to lose, and what it says waits in
// ZeroMQ without another bound until it is read.
inline constexpr std::size_t kStrangeTalkPerSecond = 16 << 20;
inline constexpr int kReceivesPerTurn = 4;               // goes; then clients get their turn again
inline constexpr std::uint32_t kAnswersPerSecond = 100;  // to PINGs and HELLOs of one connection: who does not read
                                                         // them makes them wait here, and no credit bounds them
inline constexpr std::size_t kProveEvery = 1 << 20;      // bytes to one worker, then a PING asks whether it reads
inline constexpr std::size_t kMessageCost = 128;         // bytes that ZeroMQ takes for a message besides its own
// Bytes that wait for a worker, besides a window for each of its streams: more, and it is cut. One that reads has far
// less on its way.
inline constexpr std::size_t kMostUnread = 64 << 20;
inline constexpr std::chrono::milliseconds kLastWords{
    1'000};  // of a worker that cannot be reached, then it is lost; ZeroMQ tells of its end within one turn
inline constexpr std::chrono::milliseconds kAbandonedFor{
    30'000};  // a worker that hung reads what was dealt to it as soon as it goes on, or its streams are over on both
              // sides
inline constexpr int kUnfinishedTurns = 50;  // then who came and went is told, although a last word may be to come
inline constexpr std::chrono::milliseconds kFabricHandshake{
    2'000};  // half a greeting must not hold the table uneven for ZeroMQ's 30 s
inline constexpr std::chrono::milliseconds kFabricLinger{500};  // the last frames to workers when the router leaves
inline constexpr std::size_t kWarmStreams = 1'024;  // kept for reuse: enough for one turn's worth, small when idle
inline constexpr std::size_t kWarmOpening = 4'096;  // bytes of its buffer such a stream keeps: a body was there in more
inline constexpr std::chrono::milliseconds kGraceForNew{
    50};  // from the first HELLO: workers that dial a new router come within a few ms of each other, and with the short
          // tick a request waits for it less than 100 ms, on a busy machine too
inline constexpr std::chrono::milliseconds kGraceForReturning{
    750};  // from the bind: workers dial again at most 600 ms apart (worker-sdk/src/limits.h), the rest is for
           // handshakes
inline constexpr std::size_t kMostReason = 200;  // bytes of a worker's last words in the log

}  // namespace zeroway
