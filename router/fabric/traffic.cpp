#include "router/fabric/traffic.h"

#include <utility>

#include "proto/head_rules.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"

namespace zeroway {

namespace {

bool is_grpc(const Head& head) { return head.find("content-type").value_or("").starts_with("application/grpc"); }

}  // namespace

// ---- the exchange's verbs

FabricStream& Traffic::open(const BackendRequest& request, ReplyTo reply_to) {
  FabricStream& stream = streams_.create(reply_to);
  stream.is_request_ended = request.last == Last::yes;
  stream.is_websocket = request.kind == Kind::web_socket;
  stream.is_tunnel = request.kind == Kind::tunnel;
  stream.is_grpc = context_.settings.rebalance > 0 && is_grpc(request.head);
  stream.opened = stream.moved = context_.now;
  stream.attempt = request.attempt;
  if (request.affinity != nullptr) stream.affinity = std::make_unique<Affinity>(*request.affinity);
  stream.opening.headers(stream.id, request.head, encoder_, request.last);
  return stream;
}

void Traffic::data(StreamKey key, Bytes bytes) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended || bytes.empty()) return;
  if (may_send(*stream, bytes.size())) way_to(*stream).data(key, bytes, Last::no);
}

void Traffic::piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended) return;
  if (bytes.empty() && last == Last::no) return;
  stream->moved = context_.now;
  if (may_send(*stream, message_credit(bytes.size()))) way_to(*stream).piece(key, bytes, kind, last);
}

void Traffic::end(StreamKey key, const Head& trailers) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended) return;
  stream->is_request_ended = true;
  MessageWriter& out = way_to(*stream);
  if (trailers.is_empty()) {
    out.data(key, {}, Last::yes);
  } else {
    out.headers(key, trailers, encoder_, Last::yes);
  }
  if (stream->is_tunnel && stream->reply.has_ended()) streams_.remove(*stream);
}

bool Traffic::may_send(FabricStream& stream, std::size_t size) {
  if (stream.to_worker.take(static_cast<std::uint32_t>(size))) {
    if (stream.to_worker.left() == 0) stream.starved_since = context_.now;
    return true;
  }
  fail(stream, ResetCode::internal_error,
       Error{Fault::router, Code::internal, false,
             "request body of " + std::to_string(size) + " bytes over the credit of " +
                 std::to_string(stream.to_worker.left())});
  return false;
}

MessageWriter& Traffic::way_to(FabricStream& stream) {
  Worker* worker = streams_.holder(stream);
  return worker != nullptr ? post_.outbox(*worker) : stream.opening;
}

void Traffic::reset(StreamKey key, ResetCode code) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr) return;
  if (stream->place == Place::dealt) {
    // The router does not know yet which worker has the stream. That worker is told when it claims the stream.
    stream->reply_to.forget();
    stream->give_up_code = code;
    stream->opening.clear();
    return;
  }
  if (Worker* worker = streams_.holder(*stream)) post_.outbox(*worker).rst_stream(key, code);
  streams_.remove(*stream);
}

void Traffic::credit(StreamKey key, std::uint32_t bytes) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr) return;
  const std::uint32_t announce = stream->from_worker.credited(bytes);
  if (announce == 0) return;
  if (Worker* worker = streams_.holder(*stream)) post_.outbox(*worker).window_update(key, announce);
}

// ---- the worker's frames

Result<> Traffic::frame(Worker& worker, const Frame& frame) {
  FabricStream* stream = streams_.find(frame.stream);
  // A worker that has gone on standby may have read streams that were dealt to it before.
  const bool may_claim = stream != nullptr && stream->place == Place::dealt && worker.serves_everything();
  const bool is_holder = stream != nullptr && stream->place == Place::held && stream->worker == worker.key;
  if (!may_claim && !is_holder) {
    frame_of_nobody(worker, frame);
    return {};
  }
  if (frame.type == FrameType::rst_stream) return worker_reset(worker, *stream, frame);
  if (!stream->is_accepted) {
    accept(worker, *stream);
    stream = streams_.find(frame.stream);
  }
  return stream != nullptr ? verb(*stream, frame) : Result<>{};
}

// The stream is over, or another worker's.
void Traffic::frame_of_nobody(Worker& worker, const Frame& frame) {
  ++context_.counters.frames_ignored;
  if (streams_.find(frame.stream) != nullptr) {
    context_.complaints.write(context_.now, "worker " + name_of(worker) + " sent a frame of stream " +
                                                std::to_string(frame.stream) + ", which is not its own");
    return;
  }
  if (frame.type != FrameType::rst_stream && worker.serves_everything() && proof_.take_abandoned(frame.stream))
    post_.outbox(worker).rst_stream(frame.stream, ResetCode::cancel);
}

void Traffic::accept(Worker& worker, FabricStream& stream) {
  if (stream.place == Place::dealt) streams_.hold(stream, worker);
  stream.is_accepted = true;
  ++worker.taken;
  BackendEvents* events = stream.reply_to.find();
  if (events == nullptr) {
    post_.outbox(worker).rst_stream(stream.id, stream.give_up_code);
    return streams_.remove(stream);
  }
  if (!stream.opening.is_empty()) {
    post_.outbox(worker).append(stream.opening);
    stream.opening.clear();
  }
  events->accepted({worker.hello.name, worker.identity});
}

Result<> Traffic::verb(FabricStream& stream, const Frame& frame) {
  switch (frame.type) {
    case FrameType::headers:
      reply_head(stream, frame);
      return {};
    case FrameType::data:
      reply_data(stream, frame);
      return {};
    case FrameType::message:
      reply_piece(stream, frame);
      return {};
    default:
      return worker_credit(stream, frame);
  }
}

void Traffic::reply_head(FabricStream& stream, const Frame& frame) {
  const StreamId id = stream.id;
  const bool is_end = frame.has(kFlagEndStream);
  const auto bad = [&](std::string what) { worker_broke_rule(stream, ResetCode::protocol_error, std::move(what)); };
  if (const auto decoded = decoder_.decode(frame.payload, scratch_); !decoded) return bad(decoded.error().detail);
  if (stream.reply.phase() == StreamState::Phase::open)
    return is_end ? reply_end(id, scratch_) : bad("a second reply head");
  const bool is_interim = scratch_.status() / 100 == 1;
  if (is_interim ? is_end || !stream.reply.interim() : !stream.reply.head()) return bad("a reply head out of order");
  if (!is_interim && scratch_.status() != 200)
    stream.is_websocket = stream.is_tunnel = false;  // refused: an ordinary reply with DATA
  if (BackendEvents* events = stream.reply_to.find()) events->head(scratch_, is_end ? Last::yes : Last::no);
  if (is_end) reply_end(id, no_trailers_);
}

bool Traffic::takes(FabricStream& stream, const Frame& frame) {
  const bool is_message = frame.type == FrameType::message;
  const auto size =
      is_message ? message_credit(frame.payload.size()) : static_cast<std::uint32_t>(frame.payload.size());
  if (stream.reply.data() && stream.is_websocket == is_message && stream.from_worker.received(size)) return true;
  worker_broke_rule(stream, ResetCode::flow_control_error,
                    std::to_string(size) + " bytes out of order, of the wrong kind or over the credit of " +
                        std::to_string(stream.from_worker.left()));
  return false;
}

void Traffic::reply_data(FabricStream& stream, const Frame& frame) {
  const StreamId id = stream.id;
  const bool is_end = frame.has(kFlagEndStream);
  // A WebSocket may end with an empty DATA frame: closed without a close code.
  if (!(stream.is_websocket && is_end && frame.payload.empty()) && !takes(stream, frame)) return;
  BackendEvents* events = stream.reply_to.find();
  if (events != nullptr && !frame.payload.empty()) events->data(frame.payload);
  if (is_end) reply_end(id, no_trailers_);
}

void Traffic::reply_piece(FabricStream& stream, const Frame& frame) {
  if (!takes(stream, frame)) return;
  stream.moved = context_.now;
  if (BackendEvents* events = stream.reply_to.find())
    events->piece(frame.payload, frame.has(kFlagText) ? MessageKind::text : MessageKind::binary,
                  frame.has(kFlagEndMessage) ? Last::yes : Last::no);
}

void Traffic::reply_end(StreamId id, Head& trailers) {
  FabricStream* stream = streams_.find(id);
  if (stream == nullptr) return;
  BackendEvents* events = stream->reply_to.find();
  if (!stream->reply.end()) return;
  // The rest of the request is no longer wanted (RFC 9113 §8.1).
  Worker* worker = streams_.holder(*stream);
  if (worker != nullptr) worker->has_answered = true;
  if (stream->is_tunnel && !stream->is_request_ended) {  // the other direction goes on
    if (events != nullptr) events->end(trailers);
    return no_trailers_.clear();
  }
  if (worker != nullptr && !stream->is_request_ended) post_.outbox(*worker).rst_stream(id, ResetCode::no_error);
  streams_.remove(*stream);
  if (events != nullptr) events->end(trailers);
  no_trailers_.clear();
}

Result<> Traffic::worker_reset(Worker& worker, FabricStream& stream, const Frame& frame) {
  const auto code = read_rst_stream(frame);
  if (!code) return code.error();
  if (*code == ResetCode::refused_stream && !stream.reply.has_started()) {
    ++context_.counters.refused;
    worker.refused_until = context_.now + kRefusedPause;
    proof_.table_changed();
    streams_.end(stream,
                 Error{Fault::backend, Code::backend_refused, true, "worker " + name_of(worker) + " refused it"});
    return {};
  }
  // The RST_STREAM may be the first frame of the worker about the stream: the log names the worker.
  if (BackendEvents* events = stream.reply_to.find(); events != nullptr && !stream.is_accepted)
    events->accepted({worker.hello.name, worker.identity});
  ++worker.failed;
  const bool goes_away = worker.is_draining && *code == ResetCode::cancel;  // its time is over: as if it were killed
  streams_.end(stream, Error{Fault::backend, goes_away ? Code::backend_lost : Code::backend_reset, false,
                             "worker " + name_of(worker) + " reset it with code " +
                                 std::to_string(static_cast<std::uint32_t>(*code))});
  return {};
}

Result<> Traffic::worker_credit(FabricStream& stream, const Frame& frame) {
  const auto bytes = read_window_update(frame);
  if (!bytes) return bytes.error();
  if (!stream.to_worker.add(*bytes)) {
    worker_broke_rule(stream, ResetCode::flow_control_error,
                      "credit of " + std::to_string(*bytes) + " bytes past 2^31-1");
    return {};
  }
  BackendEvents* events = stream.reply_to.find();
  if (*bytes > 0) stream.starved_since = {};
  if (events != nullptr && *bytes > 0) events->credit(*bytes);
  return {};
}

void Traffic::fail(FabricStream& stream, ResetCode to_worker, const Error& error) {
  if (Worker* worker = streams_.holder(stream)) post_.outbox(*worker).rst_stream(stream.id, to_worker);
  streams_.end(stream, error);
}

void Traffic::worker_broke_rule(FabricStream& stream, ResetCode to_worker, std::string what) {
  fail(stream, to_worker, Error{Fault::backend, Code::backend_protocol, false, std::move(what)});
}

// ---- for the operator

void Traffic::tell_of_starved_streams() {
  if (context_.now - starved_look_ < kStarvedLookEvery) return;
  starved_look_ = context_.now;
  const auto is_starved = [this](const FabricStream& stream) {
    return stream.starved_since != Time{} && !stream.is_request_ended &&
           context_.now - stream.starved_since >= kStarvedFor;
  };
  for (const StreamId id : streams_.select(is_starved)) {
    FabricStream& stream = *streams_.find(id);
    stream.starved_since = {};
    const Worker* worker = streams_.holder(stream);
    if (worker == nullptr) continue;
    starvations_.write(context_.now, "stream " + std::to_string(id) + " stands still: worker " + name_of(*worker) +
                                         " has given it no credit for " + show_ms(kStarvedFor));
  }
}

}  // namespace zeroway
