// Counts the frames of an HTTP/2 connection that cost us and move nothing, and says when they are too many.
//
// Owner: H2Codec keeps one.   Thread: the connection's loop.
// Counts are per kFloodTime, stalls per kStallTime; each has its limit and reason in limits.h. It knows no clock:
// passed() tells. Not here: sizes of heads (h2_head_reader.h), cutting the connection (h2_codec.h).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "router/settings/settings.h"

namespace zeroway {

class H2FloodGuard {
 public:
  enum class Kind : std::uint8_t { reset, malformed, ping, settings, empty, priority, unknown, window_update };
  static constexpr std::size_t kKinds = 8;

  // One more of it. Nothing while that is bearable; else what it is, for the log.
  [[nodiscard]] const char* count(Kind kind);
  // A DATA frame was sent: the client may say that it made room.
  void sent_data() { ++data_frames_; }
  // A stream was given up because nothing moved on it. True when there were too many.
  [[nodiscard]] bool count_stall();
  void passed(Millis time);

 private:
  [[nodiscard]] std::uint64_t limit(Kind kind) const;

  std::array<std::uint32_t, kKinds> counts_{};
  std::uint64_t data_frames_ = 0;
  Millis since_{};
  std::uint32_t stalls_ = 0;
  Millis stalls_since_{};
};

}  // namespace zeroway
