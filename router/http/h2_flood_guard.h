// Counts the frames of an HTTP/2 connection that cost us and move nothing, and says when they are too many.
//
// Owner: H2Codec keeps one.   Thread: the connection's loop.
// Counts are per kFloodTime, stalls per kStallTime; each has its limit and reason in limits.h.
//
//     a stream is reset ──before kEarlyReset──▶ the allowance, when there is some left, else count(Kind::reset)
//                       ──later, or it is replied to in full──▶ the allowance grows
//
// A client whose deadlines expire, or that has what it wants, resets streams that have cost it time; an attacker resets
// streams that have cost only us (CVE-2023-44487). Whoever mixes both gains nothing over asking for replies.
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

  // What time it is; before anything is counted.
  void set_time(Time now);
  // One more frame of this kind. Null while that is bearable; else what is too much, for the log.
  [[nodiscard]] const char* count(Kind kind);
  // The client reset a stream so early, or one that was over. Returns what count() does.
  [[nodiscard]] const char* count_early_reset();
  // A stream was replied to in full, or reset after it had lived for kEarlyReset.
  void stream_ran();
  // A DATA frame was sent, or a stream has closed: the client may say that it made room.
  void earned_window_updates() { ++window_update_reasons_; }
  // A stream was given up because nothing moved on it. True when there were too many.
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
