#include "router/http/ws_pings.h"

#include <random>
#include <utility>

namespace zeroway {

void WsPings::heard_pong(Bytes payload) {
  if (awaits_pong_ && as_text(payload) == ping_) has_pong_ = true;
}

Time WsPings::tick(Time now, Reading reading, WsFrames& frames, std::string& output) {
  note_activity(now);
  if (awaits_pong_) return await_pong(now, reading);
  if (settings_.auto_ping_interval.count() == 0) return Time::max();
  if (now < quiet_since_ + settings_.auto_ping_interval) return quiet_since_ + settings_.auto_ping_interval;
  send(now, frames, output);
  return await_pong(now, reading);
}

void WsPings::note_activity(Time now) {
  const bool is_data = std::exchange(has_data_, false) && settings_.auto_ping_restart_on_any_traffic;
  const bool is_pong = std::exchange(has_pong_, false);
  if (!is_data && !is_pong && quiet_since_ != Time::min()) return;
  quiet_since_ = now;
  awaits_pong_ = false;
}

Time WsPings::await_pong(Time now, Reading reading) {
  if (settings_.auto_ping_timeout.count() == 0) return Time::max();
  if (now < pinged_ + settings_.auto_ping_timeout) return pinged_ + settings_.auto_ping_timeout;
  is_lost_ = reading == Reading::goes_on;
  if (is_lost_) return Time::max();
  pinged_ = now;
  return pinged_ + settings_.auto_ping_timeout;
}

void WsPings::send(Time now, WsFrames& frames, std::string& output) {
  ping_.clear();
  append_big_endian(ping_, static_cast<std::uint64_t>(now.time_since_epoch().count()), 8);
  append_big_endian(ping_, ++number_, 4);
  std::minstd_rand random(static_cast<std::uint32_t>(now.time_since_epoch().count()));
  while (ping_.size() < settings_.auto_ping_size) ping_.push_back(static_cast<char>(random()));
  frames.write(WsOpcode::ping, {}, as_bytes(ping_), output);
  awaits_pong_ = true;
  pinged_ = now;
}

}  // namespace zeroway
