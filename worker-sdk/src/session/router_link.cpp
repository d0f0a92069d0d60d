#include "router_link.h"

#include <utility>
#include <vector>

#include "limits.h"
#include "proto/head_rules.h"
#include "proto/instance.h"
#include "proto/limits.h"

namespace zeroway {

void RouterLink::use(LinkTarget target) {
  target_ = std::move(target);
  ++uses_;
  role_ = Role::serving;
  greeted_as_.clear();
  peer_.clear();
  refusal_.clear();
  said_duplicate_of_.clear();
  siblings_.clear();
}

void RouterLink::give_up(Role why) {
  role_ = why;
  siblings_.clear();
  if (leave_until_ != TimePoint::max()) return;  // the link is being left already
  leave();
  leave_until_ = context_.now() + kConfirmationTimeout;
}

bool RouterLink::is_left(TimePoint now) const {
  return !is_up_ || (streams_.is_empty() && (is_confirmed_ || now >= leave_until_));
}

void RouterLink::hung_up() {
  down();
  leave_until_ = TimePoint::max();
  if (role_ == Role::unwanted) role_ = Role::unused;
}

bool RouterLink::is_news(const RouterLink& other) {
  return std::exchange(said_duplicate_of_, other.label()) != other.label();
}

const std::string& RouterLink::new_instance() {
  replaces_ = greeted_as_;
  instance_ = make_instance(context_.name());
  return instance_;
}

void RouterLink::up() {
  forget_connection();
  is_up_ = true;
  is_confirmed_ = false;
  context_.log().debug("connected to " + label());
  greeted_as_ = instance_;
  say_hello();
  if (context_.is_draining()) leave();
}

void RouterLink::say_hello() { out().hello(context_.hello(instance_, replaces_)); }

void RouterLink::down() {
  if (is_up_) context_.log().debug("the connection to " + label() + " is gone");
  is_up_ = false;
  forget_connection();
}

void RouterLink::dropped() {
  down();
  greets_at_ = context_.now() + kPauseBeforeHello;
}

// State of the connection before does not count any more.
void RouterLink::forget_connection() {
  greets_at_ = TimePoint::max();
  is_welcomed_ = false;
  refusal_.clear();
  health_.end();
  drop_streams();
  out().clear();
}

void RouterLink::drop_streams() {
  for (WorkerStream* stream : streams_.all()) stream->reset();
}

void RouterLink::leave() {
  if (is_up_) out().goaway(kMaxStreamId, ResetCode::no_error, "leaving");
}

void RouterLink::receive(Bytes message) {
  // The link's connection has broken meanwhile: after a WELCOME we would be a stranger on deal, and the answers of a
  // stream would reach no router.
  if (!is_up_) return;
  health_.heard(context_.now());
  MessageReader reader(message);
  while (true) {
    const auto frame = reader.next();
    if (!frame) {
      context_.complain(label() + ": " + frame.error().detail);
      break;
    }
    if (!*frame) break;
    handle(**frame);
  }
  worker_streams_.answer_fresh(streams_);
}

void RouterLink::handle(const Frame& frame) {
  switch (frame.type) {
    case FrameType::headers:
      return handle_headers(frame);
    case FrameType::data:
      return handle_data(frame);
    case FrameType::message:
      return handle_message(frame);
    case FrameType::window_update:
      return handle_credit(frame);
    case FrameType::rst_stream:
      return handle_reset(frame);
    case FrameType::ping:
      return handle_ping(frame);
    case FrameType::welcome:
      return handle_welcome(frame);
    case FrameType::goaway:
      return handle_goaway(frame);
    default:
      return;  // unknown types are ignored (RFC 9113 §4.1)
  }
}

void RouterLink::handle_headers(const Frame& frame) {
  if (frame.stream == 0) return bad(frame, ResetCode::protocol_error, "HEADERS on stream 0");
  WorkerStream* known = find(frame.stream);
  WorkerStream& stream = known != nullptr ? *known : worker_streams_.spare();
  Head& head = known != nullptr ? context_.scratch_head() : stream.request();
  if (auto decoded = context_.decoder().decode(frame.payload, head); !decoded)
    return bad(frame, ResetCode::compression_error, decoded.error().detail);
  if (known == nullptr) return open(frame, stream);
  if (!frame.has(kFlagEndStream)) return bad(frame, ResetCode::protocol_error, "a second head");
  if (auto checked = check_trailers(head); !checked)
    return bad(frame, ResetCode::protocol_error, "trailers: " + checked.error().detail);
  stream.end(head);
}

void RouterLink::open(const Frame& frame, WorkerStream& stream) {
  if (!stream.request().has(":method")) return;  // trailers, of a stream that is over
  if (auto checked = check_request_head(stream.request()); !checked)
    return bad(frame, ResetCode::protocol_error, "request: " + checked.error().detail);
  if (worker_streams_.is_full()) return reset(frame.stream, ResetCode::refused_stream);
  stream.open(streams_, frame.stream, frame.has(kFlagEndStream) ? Last::yes : Last::no);
  worker_streams_.opened(stream);
}

void RouterLink::handle_data(const Frame& frame) {
  if (WorkerStream* stream = find(frame.stream))
    stream->data(frame.payload, frame.has(kFlagEndStream) ? Last::yes : Last::no);
}

void RouterLink::handle_message(const Frame& frame) {
  const MessageKind kind = frame.has(kFlagText) ? MessageKind::text : MessageKind::binary;
  if (WorkerStream* stream = find(frame.stream))
    stream->piece(frame.payload, kind, frame.has(kFlagEndMessage) ? Last::yes : Last::no);
}

void RouterLink::handle_reset(const Frame& frame) {
  const auto code = read_rst_stream(frame);
  if (!code) return bad(frame, ResetCode::protocol_error, code.error().detail);
  if (WorkerStream* stream = find(frame.stream)) stream->reset();
}

void RouterLink::handle_credit(const Frame& frame) {
  const auto bytes = read_window_update(frame);
  if (!bytes) return bad(frame, ResetCode::protocol_error, bytes.error().detail);
  if (*bytes == 0) return;
  if (WorkerStream* stream = find(frame.stream)) stream->credit(*bytes);
}

// Whichever socket the PING came by, the answer goes to the steer of this pair.
void RouterLink::handle_ping(const Frame& frame) {
  const auto opaque = read_ping(frame);
  if (!opaque) return bad(frame, ResetCode::protocol_error, opaque.error().detail);
  if (frame.has(kFlagAck)) return;
  // The router takes the answer as proof that every stream dealt before the PING is claimed.
  worker_streams_.accept_fresh();
  out().ping(*opaque, Ack::yes);
}

void RouterLink::handle_welcome(const Frame& frame) {
  const auto welcome = read_welcome(frame.payload);
  if (!welcome) return bad(frame, ResetCode::protocol_error, welcome.error().detail);
  const bool is_first = !std::exchange(is_welcomed_, true);
  peer_ = welcome->router + ", loop " + std::to_string(welcome->loop);
  health_.set_pace(std::chrono::milliseconds(welcome->heartbeat_interval),
                   std::chrono::milliseconds(welcome->heartbeat_timeout));
  health_.begin(context_.now());
  welcomes_.welcomed(*this, *welcome, is_first);
}

void RouterLink::handle_goaway(const Frame& frame) {
  const auto goaway = read_goaway(frame);
  if (!goaway) return bad(frame, ResetCode::protocol_error, goaway.error().detail);
  if (goaway->code == ResetCode::no_error) {
    if (context_.is_draining() || role_ != Role::serving) is_confirmed_ = true;
    return;
  }
  // Until WELCOME comes, such a GOAWAY is about frames from before our HELLO.
  const bool is_refused = goaway->code == ResetCode::connect_error;
  if (!is_welcomed_ && !is_refused) return;
  if (is_refused) {
    refusal_ = goaway->reason;
    return;
  }
  context_.complain(label() + " dropped this worker: " + std::string(goaway->reason));
  dropped();
}

void RouterLink::bad(const Frame& frame, ResetCode code, const std::string& detail) {
  context_.complain(label() + ", stream " + std::to_string(frame.stream) + ": " + detail);
  if (frame.stream == 0) return;
  if (WorkerStream* stream = find(frame.stream)) return stream->break_off(code);
  if (frame.type == FrameType::headers) reset(frame.stream, code);
}

WorkerStream* RouterLink::find(StreamId id) {
  if (WorkerStream* stream = worker_streams_.find_fresh(streams_, id)) return stream;
  return streams_.find(id);
}

}  // namespace zeroway
