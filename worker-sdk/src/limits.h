// Every number of the SDK that limits something, with its reason. What router and worker agree on is in proto/limits.h;
// how the sockets are set, in worker_loop.cpp.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

// what an option may be
inline constexpr std::uint32_t kMaxThreads = 1'024;  // of the pool: who wants more at once wants coroutines
inline constexpr std::chrono::milliseconds kMaxDrain = std::chrono::hours(24);  // above it is a slip of the unit
inline constexpr std::size_t kMostOfMaxBody = std::size_t{1} << 40;             // the same: nobody holds a terabyte
inline constexpr std::size_t kMaxCaptures = 16;  // {name}s in one pattern: a match is kept without allocation

// what is sent and kept
inline constexpr std::size_t kMaxPiece = 262'144;      // put into a message at once: it stays under kMaxMessageSize
inline constexpr std::size_t kLargeMessage = 131'072;  // sent at once: beside it the router holds what it reads of it
inline constexpr std::size_t kKeptBuffer = 65'536;     // that is used again: what a request or a message rarely passes
inline constexpr std::size_t kSpareTimers = 1'024;     // of cancelled requests, before it is worth a look
inline constexpr std::size_t kMaxReason = 123;         // of a Close, RFC 6455 §5.5: 125 with the code

// routers
inline constexpr std::size_t kMaxLinks = 1'024;                          // pairs that WELCOMEs may name
inline constexpr unsigned kComplaintsPerSecond = 10;                     // a router gone wrong must not fill the disk
inline constexpr std::chrono::milliseconds kPauseBeforeHello{100};       // who was dropped does not turn in a circle
inline constexpr std::chrono::milliseconds kConfirmationTimeout{5'000};  // for a router that does not answer GOAWAY

// WebSockets that are closed when the worker leaves dial again at once: not all in one moment. Clients further apart
// than this do not feel each other, and a few of them need not wait for the whole drain time.
inline constexpr std::chrono::milliseconds kPauseBetweenCloses{100};
inline constexpr double kCloseWithin = 0.8;  // of the drain time: the rest is for the handlers to end

}  // namespace zeroway
