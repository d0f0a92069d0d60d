// How long an HTTP/2 connection waits for a client that reads nothing or sends nothing: which streams have stalled.
//
// Owner: H2Codec, which looks at its streams every kLookInterval and resets those that stall.   Thread: its loop.
// Only time in which the client could have moved bytes counts: for a reply, time in which a window was closed; for a
// request's body, time in which its window was open and no reply had begun.
// Not here: too many stalls (h2_flood_guard.h), replies that wait for the socket (edge/send_pace.h).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/http/h2_stream.h"
#include "router/http/pace.h"
#include "router/settings/settings.h"

namespace zeroway {

class H2Patience {
 public:
  // `limits` outlives this object.
  explicit H2Patience(const HttpLimits& limits) : limits_(limits) {}

  [[nodiscard]] Time next_look() const { return last_look_ + kLookInterval; }
  // Begins a look. Returns the time to count. `is_blocked`: replies wait, and the connection's window is closed.
  [[nodiscard]] Millis look(Time now, bool is_blocked);

  // During a look, for a stream whose reply waits: whether the client has not read for too long.
  [[nodiscard]] bool is_unread(H2Stream& stream, Millis passed, bool is_window_closed);
  enum class Late : std::uint8_t { no, silent, slow };
  // During a look, for a stream without waiting reply: whether the body of its request is overdue.
  [[nodiscard]] Late is_late(H2Stream& stream, Millis passed);

  // `size` bytes of the stream's reply have left.
  void sent(H2Stream& stream, std::size_t size);

 private:
  [[nodiscard]] bool is_too_long(Millis silent, const Pace& pace) const;
  [[nodiscard]] bool may_be_slow(const H2Stream& stream);

  const HttpLimits& limits_;
  Time last_look_{};
  Millis unread_for_{};                // how long the connection's window was closed while replies waited
  Pace send_pace_;                     // of DATA through the connection's window
  std::uint32_t slow_calls_ = 0;       // gRPC calls below --body-rate, in the look that runs
  bool is_connection_unread_ = false;  // the client keeps the connection's window closed, or nearly
};

}  // namespace zeroway
