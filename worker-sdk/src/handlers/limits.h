// Every number of the handlers that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kMaxBoundary = 70;      // of a multipart body: RFC 2046 §5.1.1
inline constexpr std::size_t kMaxPartHead = 16'384;  // of one part of it: two or three short fields are usual
inline constexpr std::size_t kFilePiece = 65'536;    // read of a file at once: the first window of a client
inline constexpr std::size_t kMaxCaptures = 16;      // {name}s in one pattern: a match is kept without allocation
inline constexpr std::size_t kSpareTimers = 1'024;   // of cancelled requests, before they are swept
inline constexpr std::size_t kMaxReason = 123;       // of a Close, RFC 6455 §5.5: 125 with the code

// Clients reconnect at once when the leaving worker closes their WebSockets, so the worker does not close them all in
// one moment. Clients further apart than this do not disturb each other, and a few clients need not wait for the whole
// drain time.
inline constexpr std::chrono::milliseconds kPauseBetweenCloses{100};
inline constexpr double kCloseWithin = 0.8;  // of the drain time: the rest is for the handlers to end

}  // namespace zeroway
