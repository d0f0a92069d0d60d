// Detects lost WebSocket clients: sends a ping after each quiet interval, and waits a limited time for the pong.
//
//     quiet ──auto_ping_interval──▶ pinged ──auto_ping_timeout──▶ lost
//       ▲───the ping's pong, or data───┘
//
// Owner: WsCodec.   Thread: the connection's loop.
// Not here: the client's own pings, which WsCodec answers at once (ws_codec.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/bytes.h"
#include "router/http/ws_frames.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

class WsPings {
 public:
  // `settings` outlives this object.
  explicit WsPings(const WebSocketTerms& settings) : settings_(settings) {}

  void heard_data() { has_data_ = true; }
  // Ignored unless `payload` is that of the last ping.
  void heard_pong(Bytes payload);

  // While reading has stopped, the pong may have arrived and not be read: the client does not count as lost then.
  enum class Reading : bool { stopped, goes_on };
  // Appends a ping to `output` when one is due. Returns when tick() is to be called next; Time::max() means never.
  [[nodiscard]] Time tick(Time now, Reading reading, WsFrames& frames, std::string& output);
  [[nodiscard]] bool is_lost() const { return is_lost_; }

 private:
  void note_activity(Time now);
  void send(Time now, WsFrames& frames, std::string& output);
  [[nodiscard]] Time await_pong(Time now, Reading reading);

  const WebSocketTerms& settings_;
  bool has_data_ = false;  // since the last tick
  bool has_pong_ = false;
  bool awaits_pong_ = false;
  bool is_lost_ = false;
  std::uint32_t number_ = 0;
  std::string ping_;  // the last one's payload
  Time quiet_since_ = Time::min();
  Time pinged_{};
};

}  // namespace zeroway
