// Every number of the wire protocol that limits something, with its reason.
#pragma once
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kFrameHeaderSize = 9;       // RFC 9113 §4.1
inline constexpr std::size_t kMaxFramePayload = 65'536;  // one read of a socket; a frame is held whole
inline constexpr std::size_t kMaxMessageSize = 4 << 20;  // the frames of one loop turn; more is garbage or an attack
inline constexpr std::size_t kMaxHeadSize =
    65'536;  // decoded, name + value + 32 a field (RFC 9113 §6.5.2): header bombs
inline constexpr std::size_t kMaxControlSize = 65'536;  // HELLO and WELCOME payloads: JSON is parsed whole
inline constexpr std::uint32_t kStreamWindow =
    262'144;  // one stream's bytes in flight, each way: bounds memory per stream
inline constexpr std::uint32_t kOpeningWindow =
    65'536;  // request body before the worker grants credit: the router keeps these bytes
inline constexpr std::uint32_t kFirstReplyWindow =
    65'536;  // reply body before the router grants credit: a hundred replies to one client come at once
inline constexpr std::uint32_t kMaxStreamId = 0x7fff'ffff;  // 31 bits (RFC 9113 §5.1.1)
inline constexpr std::uint32_t kMaxWindow = 0x7fff'ffff;    // RFC 9113 §6.9.1
inline constexpr std::size_t kMaxNameLength = 128;          // a worker's display name, which goes into replies and logs
inline constexpr std::uint32_t kMaxWeight = 1'000;          // smooth weighted round robin stays exact
inline constexpr std::uint32_t kMaxCapacity = 1'000'000;    // streams at once on one worker
inline constexpr std::uint32_t kDefaultCapacity = 1'024;
inline constexpr std::size_t kMaxRoutes = 1'000;     // routes in one HELLO
inline constexpr std::size_t kMaxGroupLength = 64;   // of a group's name, which people write and logs show
inline constexpr std::size_t kMaxCircuitId = 128;    // a UUID and more; it names a file
inline constexpr std::size_t kMaxAppPart = 64;       // of a session's or a service's name, which stands in URLs
inline constexpr std::size_t kMaxRealmLength = 255;  // of a realm's name: as long as that of a host
inline constexpr std::uint64_t kMaxSince = std::uint64_t{1} << 53;  // ms: what every JSON reader holds exactly
inline constexpr std::size_t kMaxHostLength = 255;                  // a name in the DNS (RFC 1035 §2.3.4)
inline constexpr std::size_t kInstanceDigits = 16;  // 64 random bits: two connections never share a routing id
inline constexpr std::size_t kMaxInstanceLength = kMaxNameLength + 1 + kInstanceDigits;  // ZeroMQ's ids end at 255
inline constexpr std::uint32_t kMaxHeartbeat = 86'400'000;  // ms, a day: the timers of a peer stay far from an overflow
inline constexpr std::uint32_t kDefaultHeartbeatInterval = 250;   // ms: a few pings fit into the timeout
inline constexpr std::uint32_t kDefaultHeartbeatTimeout = 1'000;  // ms: a worker that hangs costs a second
inline constexpr std::size_t kMaxPairs = 1'000;                   // loops of one router
inline constexpr std::size_t kMaxEndpointLength = 1'024;  // far more than a host or the path of a socket may have
inline constexpr int kMaxControlDepth = 16;               // levels of JSON: no reader of a payload recurses deeper
inline constexpr std::uint32_t kMaxDealPort = 65'534;     // steer is at the next port

}  // namespace zeroway
