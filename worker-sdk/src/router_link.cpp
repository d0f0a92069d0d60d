#include "router_link.h"

#include <utility>
#include <vector>

#include "limits.h"
#include "proto/head_rules.h"
#include "proto/instance.h"
#include "proto/limits.h"
#include "worker_core.h"

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
  leave_until_ = core_.now() + kConfirmationTimeout;
}

bool RouterLink::is_left(TimePoint now) const {
  return !is_up_ || (index_.empty() && (is_confirmed_ || now >= leave_until_));
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
  instance_ = make_instance(core_.name());
  return instance_;
}

void RouterLink::up() {
  forget_connection();
  is_up_ = true;
  is_confirmed_ = false;
  core_.log().debug("connected to " + label());
  greeted_as_ = instance_;
  out_.hello(core_.hello(instance_, replaces_));
  if (core_.is_draining()) leave();
}

void RouterLink::down() {
  if (is_up_) core_.log().debug("the connection to " + label() + " is gone");
  is_up_ = false;
  forget_connection();
}

void RouterLink::dropped() {
  down();
  greets_at_ = core_.now() + kPauseBeforeHello;
}

// State of the connection before does not count any more.
void RouterLink::forget_connection() {
  greets_at_ = TimePoint::max();
  is_welcomed_ = false;
  refusal_.clear();
  health_.end();
  drop_streams();
  out_.clear();
}

void RouterLink::drop_streams() {
  std::vector<WorkerStream*> streams;
  streams.reserve(index_.size());
  for (const auto& [id, stream] : index_) streams.push_back(stream);
  for (WorkerStream* stream : streams) stream->cancelled();
}

void RouterLink::leave() {
  if (is_up_) out_.goaway(kMaxStreamId, ResetCode::no_error, "leaving");
}

void RouterLink::receive(Bytes message) {
  // The link's connection has broken meanwhile: after a WELCOME we would be a stranger on deal, and the answers of a
  // stream would reach no router.
  if (!is_up_) return;
  health_.heard(core_.now());
  MessageReader reader(message);
  while (true) {
    const auto frame = reader.next();
    if (!frame) {
      core_.complain(label() + ": " + frame.error().detail);
      break;
    }
    if (!*frame) break;
    handle(**frame);
  }
  core_.dispatch_fresh(*this);
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
  WorkerStream& stream = known != nullptr ? *known : core_.spare();
  Head& head = known != nullptr ? core_.scratch_head() : stream.request();
  if (auto decoded = core_.decoder().decode(frame.payload, head); !decoded)
    return bad(frame, ResetCode::compression_error, decoded.error().detail);
  if (known == nullptr) return open(frame, stream);
  if (!frame.has(kFlagEndStream)) return bad(frame, ResetCode::protocol_error, "a second head");
  if (auto checked = check_trailers(head); !checked)
    return bad(frame, ResetCode::protocol_error, "trailers: " + checked.error().detail);
  stream.trailers(head);
}

void RouterLink::open(const Frame& frame, WorkerStream& stream) {
  if (!stream.request().has(":method")) return;  // trailers, of a stream that is over
  if (auto checked = check_request_head(stream.request()); !checked)
    return bad(frame, ResetCode::protocol_error, "request: " + checked.error().detail);
  if (core_.is_full()) return reset(frame.stream, ResetCode::refused_stream);
  stream.open(*this, frame.stream, frame.has(kFlagEndStream) ? Last::yes : Last::no);
  core_.opened(stream);
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
  if (WorkerStream* stream = find(frame.stream)) stream->cancelled();
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
  core_.accept_fresh();
  out_.ping(*opaque, Ack::yes);
}

void RouterLink::handle_welcome(const Frame& frame) {
  const auto welcome = read_welcome(frame.payload);
  if (!welcome) return bad(frame, ResetCode::protocol_error, welcome.error().detail);
  const bool is_first = !std::exchange(is_welcomed_, true);
  peer_ = welcome->router + ", loop " + std::to_string(welcome->loop);
  health_.set_pace(std::chrono::milliseconds(welcome->heartbeat_interval),
                   std::chrono::milliseconds(welcome->heartbeat_timeout));
  health_.begin(core_.now());
  core_.welcomed(*this, *welcome, is_first);
}

void RouterLink::handle_goaway(const Frame& frame) {
  const auto goaway = read_goaway(frame);
  if (!goaway) return bad(frame, ResetCode::protocol_error, goaway.error().detail);
  if (goaway->code == ResetCode::no_error) {
    if (core_.is_draining() || role_ != Role::serving) is_confirmed_ = true;
    return;
  }
  // Until WELCOME comes, such a GOAWAY is about frames from before our HELLO.
  const bool is_refused = goaway->code == ResetCode::connect_error;
  if (!is_welcomed_ && !is_refused) return;
  if (is_refused) {
    refusal_ = goaway->reason;
    return;
  }
  core_.complain(label() + " dropped this worker: " + std::string(goaway->reason));
  dropped();
}

void RouterLink::bad(const Frame& frame, ResetCode code, const std::string& detail) {
  core_.complain(label() + ", stream " + std::to_string(frame.stream) + ": " + detail);
  if (frame.stream == 0) return;
  if (WorkerStream* stream = find(frame.stream)) return stream->break_off(code);
  if (frame.type == FrameType::headers) reset(frame.stream, code);
}

WorkerStream* RouterLink::find(StreamId id) {
  if (WorkerStream* stream = core_.find_fresh(*this, id)) return stream;
  if (index_.empty()) return nullptr;
  const auto at = index_.find(id);
  return at == index_.end() ? nullptr : at->second;
}

void RouterLink::remember(WorkerStream& stream) {
  stream.is_indexed = true;
  index_.emplace(stream.id(), &stream);
}

void RouterLink::forget(WorkerStream& stream) {
  if (!stream.is_indexed) return;
  stream.is_indexed = false;
  index_.erase(stream.id());
}

void RouterLink::headers(StreamId id, const Head& head, Last last) {
  out_.headers(id, head, core_.encoder(), last);
  send_if_large();
}

void RouterLink::data(StreamId id, Bytes bytes, Last last) {
  out_.data(id, bytes, last);
  send_if_large();
}

void RouterLink::piece(StreamId id, Bytes bytes, MessageKind kind, Last last) {
  out_.piece(id, bytes, kind, last);
  send_if_large();
}

void RouterLink::credit(StreamId id, std::uint32_t bytes) { out_.window_update(id, bytes); }
void RouterLink::reset(StreamId id, ResetCode code) { out_.rst_stream(id, code); }

void RouterLink::send_if_large() {
  if (out_.size() >= kLargeMessage) core_.sender().send(*this);
}

}  // namespace zeroway
