#include "router/http/h2_patience.h"

#include <algorithm>

namespace zeroway {

namespace {

// Whether the request's body is to come now. Not while the worker has not sent 100 Continue. Not when the reply has
// begun: then client and worker may talk as they like, as in a gRPC call, and the worker decides for how long.
bool is_client_due(const H2Stream& stream) {
  if (stream.is_over || stream.kind == Kind::web_socket || stream.has_reply_head()) return false;
  return stream.request == H2Stream::Request::open && stream.window > 0;
}

}  // namespace

Millis H2Patience::look(Time now, bool is_blocked) {
  // A pause without streams counts for nothing: all streams are younger.
  const Millis passed = std::min(std::chrono::duration_cast<Millis>(now - last_look_), 2 * kLookInterval);
  last_look_ = now;
  slow_calls_ = 0;
  is_connection_unread_ = false;
  if (!is_blocked) return passed;
  unread_for_ += passed;
  send_pace_.waited(passed);
  is_connection_unread_ = is_too_long(unread_for_, send_pace_);
  return passed;
}

// A client that does not read keeps a window closed. When it is the stream's window, only time in which it was closed
// counts. When it is the connection's, which all streams share, look() has decided.
bool H2Patience::is_unread(H2Stream& stream, Millis passed, bool is_window_closed) {
  if (!is_window_closed) return is_connection_unread_;
  stream.unread_for += passed;
  stream.send_pace.waited(passed);
  return is_too_long(stream.unread_for, stream.send_pace);
}

bool H2Patience::is_too_long(Millis silent, const Pace& pace) const {
  return silent >= limits_.send_timeout || pace.patience(least_send_rate(limits_)) == Clock::duration::zero();
}

H2Patience::Late H2Patience::is_late(H2Stream& stream, Millis passed) {
  if (!is_client_due(stream)) return Late::no;
  stream.unsent_for += passed;
  stream.body_pace.waited(passed);
  if (stream.unsent_for >= stream.terms.body_timeout) return Late::silent;
  const bool is_slow = stream.body_pace.patience(least_body_rate(stream.terms)) == Clock::duration::zero();
  return is_slow && !may_be_slow(stream) ? Late::slow : Late::no;
}

// A gRPC call may send little for hours. But any request can claim to be one, so few are excused on each connection.
bool H2Patience::may_be_slow(const H2Stream& stream) { return stream.is_grpc && ++slow_calls_ <= kMaxSlowCalls; }

void H2Patience::sent(H2Stream& stream, std::size_t size) {
  stream.unread_for = unread_for_ = {};
  send_pace_.moved(size, least_send_rate(limits_));
  stream.send_pace.moved(size, least_send_rate(limits_));
  if (stream.held.size() == 0) stream.send_pace.begin();  // the client has taken everything: it is not slow
}

}  // namespace zeroway
