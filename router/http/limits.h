// Every number that limits something in the client protocols, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kMaxLeadingEmptyLines = 8;  // before a request line (RFC 9112 §2.2 wants at least one)
inline constexpr std::size_t kMaxChunkLine = 1'024;      // a chunk's size and extensions; no client needs more
inline constexpr std::size_t kMaxChunkExtensions =
    16'384;  // in one body: tiny chunks with long extensions cost the router work, and the client nothing
inline constexpr std::uint64_t kMaxDiscardedBody = 262'144;  // read after an early reply, to keep the connection
inline constexpr std::size_t kMaxConnectionOptions = 64;     // each is searched in all fields; real requests have three
inline constexpr std::size_t kMaxIdleHead = 1'024;  // list size of a head whose memory an idle connection keeps (2 KiB)

// Origins
inline constexpr std::size_t kMaxInterimHeads = 262'144;  // list size of all 1xx heads of one reply: more is a flood
inline constexpr std::size_t kClientOutput = 65'536;      // bytes of HTTP/2 frames made at a time: the rest can wait
inline constexpr std::size_t kMaxContinuationReads =
    10'000;  // of one head: nghttp2 counts a CONTINUATION once for each read that brings a part of it
inline constexpr std::uint32_t kUnknownStreams = 100;  // before an origin's SETTINGS (RFC 9113 §6.5.2's least advice)

// WebSocket
inline constexpr std::size_t kMaxControlPayload = 125;            // RFC 6455 §5.5
inline constexpr std::size_t kMaxCloseReason = 123;               // kMaxControlPayload without the code of a Close
inline constexpr std::size_t kInflatePiece = 16'384;              // bytes inflated at a time, on the stack
inline constexpr std::size_t kIdleOutput = 4'096;                 // output buffer kept between two messages
inline constexpr std::chrono::milliseconds kLastAnswers{5'000};   // for the worker's end, when the client broke a rule
inline constexpr std::chrono::milliseconds kDeflateRests{2'000};  // without a message, then zlib's memory is freed

// HTTP/2
inline constexpr std::int32_t kConnectionWindow = 16 << 20;  // refilled at once: each stream's own window bounds memory
inline constexpr std::size_t kPseudoFields = 5;              // not counted among max_fields
inline constexpr std::size_t kMaxContinuations = 8;          // 144 KiB of a head: above every max_head that can be set
inline constexpr std::size_t kBombFactor = 2;                // a head of this many times max_head is an attack: cut
inline constexpr std::size_t kGrowthLook = 16'384;       // decoded: four times the table, which honest heads use once
inline constexpr std::size_t kMaxGrowth = 16;            // decoded for each byte read; small fields of real heads: 5
inline constexpr std::size_t kMaxQueuedAcks = 1'000;     // for a client that sends PING or SETTINGS and does not read
inline constexpr std::size_t kMaxSettingsEntries = 32;   // in one frame; six kinds of entries exist
inline constexpr std::size_t kSpareH2Streams = 64;       // stream objects a connection keeps for its next requests
inline constexpr std::size_t kHeldBlock = 16'384;        // replies wait in blocks of a DATA frame's size
inline constexpr std::size_t kWarmReplyMemory = 16'384;  // an empty stream keeps a reply buffer up to this size
inline constexpr std::size_t kMaxLingeringStreams = 32;  // answered early; the client may end them in its own time
inline constexpr std::size_t kRememberedResets = 256;    // streams that we reset: frames of them may still arrive
inline constexpr std::size_t kRememberedGaps = 16;       // ranges of stream ids that a client left out
inline constexpr std::uint32_t kMaxSlowCalls = 16;       // gRPC calls of a connection below --body-rate at once
inline constexpr std::chrono::milliseconds kLookInterval{250};  // between two looks at streams that do not move

// HTTP/2 frames that cost work and carry no data. Above any of these numbers per kFloodTime, the connection is cut
inline constexpr std::chrono::milliseconds kFloodTime{1'000};
inline constexpr std::uint32_t kMaxResets = 400;           // rapid reset (CVE-2023-44487), and streams refused
inline constexpr std::uint32_t kMaxMalformed = 50;         // messages that RFC 9113 §8 forbids; libraries make none
inline constexpr std::uint32_t kMaxPings = 100;            // each needs an answer
inline constexpr std::uint32_t kMaxSettingsFrames = 50;    // each needs an answer
inline constexpr std::uint32_t kMaxEmptyFrames = 100;      // DATA without data, HEADERS and CONTINUATION without fields
inline constexpr std::uint32_t kMaxPriorityFrames = 400;   // of both kinds; one page full of images has that many
inline constexpr std::uint32_t kMaxUnknownFrames = 100;    // of extensions that no client uses
inline constexpr std::uint32_t kMaxWindowUpdates = 1'000;  // besides those that kWindowUpdatesPerReason allows
inline constexpr std::uint32_t kWindowUpdatesPerReason =
    4;                                        // for each DATA frame sent and stream closed: two are usual
inline constexpr std::size_t kDribble = 256;  // DATA cut below this by a window allows no WINDOW_UPDATE (CVE-2019-9511)

// HTTP/2 streams that their client resets. The client of a stream that is younger than this has hardly waited: gRPC
// deadlines are longer. A hundred streams that live for this time each cause no more work than a hundred streams that
// are replied to.
inline constexpr std::chrono::milliseconds kEarlyReset{5};
// Early resets that do not count towards kMaxResets, for each stream that ran. When the deadlines of 2 000 gRPC calls
// expire at once, up to four in five of their streams are reset as soon as there is room for them, before or right
// behind their HEADERS (measured with grpc 1.51). That is four early resets for each stream that ran. A client on a
// busy machine resets more streams so early, so the number here is twice the measured one.
inline constexpr std::uint32_t kEarlyResetsPerStream = 8;
inline constexpr std::uint32_t kMaxResetAllowance = 4'000;  // for the last 500 streams that ran

// HTTP/2 streams that were reset because they had stalled. Above this number per kStallTime, the connection is cut
inline constexpr std::chrono::milliseconds kStallTime{60'000};
inline constexpr std::uint32_t kMaxStalls = 8;  // downloads that a user has paused and forgotten

// TLS that is passed on
inline constexpr std::size_t kMaxClientHello = 16'384;  // bytes of the message: one record; with post-quantum key
                                                        // shares clients send 1.7 to 2.1 KB
inline constexpr std::size_t kMostHelloBytes = 20'480;  // with the heads of its records, if a client cuts it small

}  // namespace zeroway
