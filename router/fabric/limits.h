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
    20};  // while a stream is unclaimed or waits: "within milliseconds"
inline constexpr std::chrono::milliseconds kLongTick{250};
inline constexpr std::chrono::milliseconds kLostTime{
    250};  // a tick that is later than this shows that the loop did not run (SIGSTOP, a machine that was suspended)
inline constexpr std::chrono::milliseconds kStarvedFor{
    10'000};  // for so long a stream has no credit; then the operator is told: the worker may have forgotten the stream
inline constexpr std::chrono::milliseconds kStarvedLookEvery{1'000};  // a look at all streams
inline constexpr std::size_t kMostRepeated = 1'000;  // different lines a minute of unknown peers: a few addresses each
inline constexpr std::chrono::milliseconds kRefusedPause{
    50};  // a worker that refused a stream gets none for this time: no hot loop of refusals
inline constexpr std::chrono::milliseconds kRoundPause{
    20};                                          // peers that come and go without end must not cost a ping round each
inline constexpr std::size_t kKnownEpochs = 256;  // of dealt pings: an answer to an older ping proves nothing
inline constexpr std::size_t kMailFlush = 1 << 20;  // an outbox of this size is sent early: stays under kMaxMessageSize
inline constexpr int kMessagesPerTurn = 1'000;      // in one receive()
inline constexpr std::size_t kBytesPerTurn = 4 << 20;              // the same: a message may be 4 MiB of frames
inline constexpr std::chrono::milliseconds kDealHeartbeat{2'000};  // ZeroMQ's own: stopped workers leave deal, too
inline constexpr std::chrono::milliseconds kDealTimeout{10'000};   // until then the router steers, which serves as well
inline constexpr std::chrono::milliseconds kHelloPatience{
    5'000};  // from a steer connection to its HELLO: a connection without HELLO holds a descriptor and a routing id
// Bytes a second of frames that are no piece of a reply (late frames, credit, answers to PINGs). Each frame counts
// kIdleFrameCost more. The budget is a quarter of a million frames, or the windows of 1 024 streams. A worker that
// sends more is cut.
inline constexpr std::size_t kIdleFrameCost = 1'024;
inline constexpr std::size_t kIdlePerSecond = 256 << 20;
// The same for a peer that has not sent HELLO or was dropped. Such a peer has no streams to lose. Until they are read,
// its messages wait in ZeroMQ without another bound.
inline constexpr std::size_t kStrangeTalkPerSecond = 16 << 20;
inline constexpr int kReceivesPerTurn = 4;               // receive() calls; then clients get their turn again
inline constexpr std::uint32_t kAnswersPerSecond = 100;  // to PINGs and HELLOs of one connection: answers that a peer
                                                         // does not read wait here, and no credit bounds them
inline constexpr std::size_t kProveEvery = 1 << 20;  // bytes to one worker, then a PING asks whether the worker reads
inline constexpr std::size_t kMessageCost = 128;     // bytes that ZeroMQ takes for a message besides its payload
// Bytes that may wait for a worker, besides a window for each of its streams. A worker with more is cut. A worker that
// reads has far fewer bytes on their way.
inline constexpr std::size_t kMostUnread = 64 << 20;
inline constexpr std::chrono::milliseconds kLastWords{
    1'000};  // time for the last messages of an unreachable worker, then it is lost; ZeroMQ reports its end in one turn
inline constexpr std::chrono::milliseconds kAbandonedFor{
    30'000};  // a worker that hung reads its dealt streams as soon as it runs again, or they are over on both sides
inline constexpr int kUnfinishedTurns = 50;  // then connection ends are told, although a last message may be unread
inline constexpr std::chrono::milliseconds kFabricHandshake{
    2'000};  // an unfinished handshake must not hold the table uneven for ZeroMQ's 30 s
inline constexpr std::size_t kMostDealMessage = 1'024;  // from a peer at deal, where none has anything to say
inline constexpr std::size_t kMostAnswers = 1 << 20;    // bytes of answers to ZMTP's PINGs that a peer does not read
inline constexpr std::size_t kMostNewcomers = 1'024;    // of one address, in their handshake or without HELLO: as many
                                                        // workers may come at once; each costs a descriptor
inline constexpr std::size_t kKeptOutput = 1 << 18;     // memory a connection keeps for its next output
inline constexpr std::chrono::milliseconds kIdentityPatience{
    1'000};  // for a sign of life of the connection that has a routing id, when another one comes with the same
inline constexpr std::size_t kMostHeld = 1 << 17;  // bytes of messages of the other one meanwhile: HELLO has 64 KiB
inline constexpr std::chrono::milliseconds kFabricLinger{500};  // for the last frames to workers when the router exits
inline constexpr std::size_t kWarmStreams = 1'024;  // kept for reuse: enough for one turn, little memory when idle
inline constexpr std::size_t kWarmOpening = 4'096;  // buffer bytes such a stream keeps: a larger buffer held a body
inline constexpr std::chrono::milliseconds kGraceForNew{
    50};  // from the first HELLO: workers that dial a new router come within a few ms of each other, and with the short
          // tick a request waits less than 100 ms for the grace, on a busy machine too
inline constexpr std::chrono::milliseconds kGraceForReturning{
    750};  // from the bind: workers dial again at most 600 ms apart (worker-sdk/src/limits.h), the rest is for
           // handshakes
inline constexpr std::chrono::milliseconds kLongCall{
    10'000};  // a gRPC call that is open for so long is a stream; most calls are over in a second
inline constexpr std::chrono::milliseconds kReturnTime{
    30'000};  // in which the clients of streams that were handed over come again: some wait for seconds before they do
inline constexpr std::size_t kMostReason = 200;  // bytes of a GOAWAY's reason in the log

}  // namespace zeroway
