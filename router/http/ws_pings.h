// Whether a WebSocket's client is still there: pings after quiet intervals, each to be answered in time.
//
//     quiet ──auto_ping_interval──▶ pinged ──auto_ping_timeout──▶ lost
//       ▲──────its pong, or data───────┘
//
// Owner: WsCodec.   Thread: the connection's loop.
// Not here: the client's own pings, which are answered at once (ws_codec.h).
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
  // `settings` stays.
  explicit WsPings(const WebSocketSettings& settings) : settings_(settings) {}

  void heard_data() { has_data_ = true; }
  // Counts when it answers the last ping.
  void heard_pong(Bytes payload);

  // While nothing is read the pong may lie unread: nobody is lost then.
  enum class Reading : bool { stopped, goes_on };
  // Appends a ping to `output` when it is time. Says when to be called next; never, if that is max().
  [[nodiscard]] Time tick(Time now, Reading reading, WsFrames& frames, std::string& output);
  [[nodiscard]] bool is_lost() const { return is_lost_; }

 private:
  void note_activity(Time now);
  void send(Time now, WsFrames& frames, std::string& output);
  [[nodiscard]] Time await_pong(Time now, Reading reading);

  const WebSocketSettings& settings_;
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
