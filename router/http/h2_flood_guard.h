// Counts the frames of an HTTP/2 connection that cost work and carry no request, and says when they are too many.
//
// Owner: H2Codec keeps one.   Thread: the connection's loop.
// Counts are per kFloodTime, stalls per kStallTime; each has its limit and reason in limits.h.
//
//     a stream is reset ──before kEarlyReset──▶ the allowance, when there is some left, else count(Kind::reset)
//                       ──later, or it is replied to in full──▶ the allowance grows
//
// A client whose deadlines expire resets streams for which it has waited. A rapid reset attack (CVE-2023-44487) waits
// for nothing. An attacker that mixes both kinds of streams causes no more work than a client that reads its replies.
// Not here: the clock, sizes of heads (h2_head_reader.h), cutting the connection (h2_codec.h).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "router/observe/time.h"

namespace zeroway {

class H2FloodGuard {
 public:
  enum class Kind : std::uint8_t { reset, malformed, ping, settings, empty, priority, unknown, window_update };
  static constexpr std::size_t kKinds = 8;

  // Tells the guard the time. To be called before frames are counted.
  void set_time(Time now);
  // Counts one frame. Null while the limit holds; else a name of the flood, for the log.
  [[nodiscard]] const char* count(Kind kind);
  // The client reset a stream that was younger than kEarlyReset, or that was closed. Returns what count() returns.
  [[nodiscard]] const char* count_early_reset();
  // A stream was replied to in full, or reset after it had lived for kEarlyReset.
  void stream_ran();
  // A DATA frame was sent, or a stream has closed: the client may send kWindowUpdatesPerReason more WINDOW_UPDATEs.
  void earned_window_updates() { ++window_update_reasons_; }
  // A stream was reset because it had stalled. True when too many have.
  [[nodiscard]] bool count_stall();

 private:
  [[nodiscard]] std::uint64_t limit(Kind kind) const;

  std::array<std::uint32_t, kKinds> counts_{};
  std::uint64_t window_update_reasons_ = 0;
  std::uint32_t reset_allowance_ = 0;
  std::uint32_t stalls_ = 0;
  Time counted_since_{};
  Time stalls_since_{};
};

}  // namespace zeroway
