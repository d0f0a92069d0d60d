#include "router/backends/origin_stream.h"

#include <algorithm>
#include <utility>

namespace zeroway {

void OriginStream::begin(StreamKey new_key, ReplyTo new_reply_to) {
  key = new_key;
  reply_to = new_reply_to;
  stage = Stage::placing;
  kind = Kind::request;
  attempt = Attempt::first;
  last = Last::no;
  client = nullptr;
  balance_key.clear();
  wanted.reset();
  server = nullptr;
  tried.clear();
  avoided.reset();
  connection = nullptr;
  number = 0;
  ticket.reset();
  error.reset();
  has_ended = is_grpc = is_accepted = has_head = has_reply_ended = false;
  credit = 0;
  connect_due = line_due = Time{};
  continue_due = Time::max();
}

void OriginStream::forget_opening() {
  is_head_kept = false;
  if (head.list_size() > kWarmHead) head = Head();
  head.clear();
  trailers.clear();
  body.clear();
  if (body.capacity() > kWarmRequest) std::string().swap(body);
}

void OriginStream::finish() {
  placement.release();
  health.reset();
  timer.clear();
  rings_at = Time::max();
  forget_opening();
}

// A timer that is moved to a later time costs a call for each piece of a body. It may ring early instead.
void OriginStream::arm(Time when, Time now) {
  if (when >= rings_at) return;
  rings_at = when;
  timer.set(std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(when - now)));
}

}  // namespace zeroway
