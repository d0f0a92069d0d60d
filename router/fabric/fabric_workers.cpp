// The frames that workers send: HELLO, GOAWAY, and the frames of their streams.
#include <string>

#include "proto/head_rules.h"
#include "router/fabric/fabric.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/observe/escape.h"
#include "router/observe/log.h"

namespace zeroway {
namespace {

// Frames from peers that have not sent HELLO come without their connection: all these peers share one budget of
// answers.
constexpr ConnectionId kStrangers = -1;

Error frame_error(std::string detail) { return Error{Fault::backend, Code::frame_error, false, std::move(detail)}; }

// Whether credit, or the order of a stream, bounds such frames.
bool is_of_reply(const Frame& frame) {
  if (frame.type == FrameType::data) return !frame.payload.empty() || frame.has(kFlagEndStream);
  return frame.type == FrameType::headers || frame.type == FrameType::message;
}

// A worker's GOAWAY, for the log.
std::string told_by(const Goaway& goaway) {
  std::string text = "code " + std::to_string(static_cast<std::uint32_t>(goaway.code));
  if (goaway.reason.empty()) return text;
  text += ", '";
  append_escaped(text, goaway.reason.substr(0, kMostReason));
  return text + "'";
}

// ZeroMQ makes such ids for peers that have none, and aborts when another peer already has the id that it makes.
bool is_reserved(std::string_view instance) { return instance.empty() || instance.front() == '\0'; }

// For the operator: the first state that is true.
std::string_view state_of(const Worker& worker, Time now) {
  if (worker.is_unreachable) return "unreachable";
  if (worker.is_draining) return "leaving";
  if (worker.is_silent) return "silent";
  if (!worker.has_room()) return "full";
  return now < worker.refused_until ? "refusing" : "ready";
}

std::size_t idle_cost(Bytes bytes) { return bytes.size() + kIdleFrameCost; }

}  // namespace

void Fabric::message(std::string_view instance, Bytes payload, ConnectionId connection) {
  ++counters_.messages_in;
  if (is_reserved(instance)) return turn_away("its routing id is empty or begins with a zero byte");
  MessageReader reader(payload);
  std::size_t idle = payload.empty() ? kIdleFrameCost : 0;
  while (true) {
    const auto next = reader.next();
    if (!next) {
      drop(instance, ResetCode::frame_size_error, next.error().detail);
      idle += idle_cost(payload);
      break;
    }
    if (!next->has_value()) break;
    const Frame& one = **next;
    Worker* worker = roster_.find(instance);
    if (worker == nullptr && one.type != FrameType::hello) {
      ++counters_.frames_ignored;
      tell_stranger(instance);
      idle += idle_cost(payload);
      break;
    }
    if (worker != nullptr) worker->heard = now_;
    const std::uint64_t ignored = counters_.frames_ignored;
    const Result<> done = frame(worker, instance, one, connection);
    if (!done) {
      drop(instance, ResetCode::protocol_error, done.error().detail);
      break;
    }
    if (counters_.frames_ignored != ignored || !is_of_reply(one)) idle += idle_cost(one.payload);
  }
  if (idle > 0) talked_idly(instance, idle);
  // Only after the whole message: the claim of a stream may stand behind the pong.
  if (rounds_.is_complete()) round_is_complete();
}

Result<> Fabric::frame(Worker* worker, std::string_view instance, const Frame& frame, ConnectionId connection) {
  switch (frame.type) {
    case FrameType::hello:
      return hello(instance, frame, connection);
    case FrameType::ping:
      return pong(*worker, frame);
    case FrameType::goaway:
      return goaway(*worker, frame);
    case FrameType::headers:
    case FrameType::data:
    case FrameType::rst_stream:
    case FrameType::window_update:
    case FrameType::message:
      return stream_frame(*worker, frame);
    case FrameType::welcome:
      break;
  }
  ++counters_.frames_ignored;
  return {};
}

void Fabric::talked_idly(std::string_view instance, std::size_t cost) {
  const char* const why = "it says more in a second than anybody waits for";
  if (Worker* worker = roster_.find(instance)) {
    if (!idle_talk_.take(worker->connection, now_, cost)) cut(*worker, why);
  } else if (!strange_talk_.take(wire_.sender(), now_, cost)) {
    turn_away(why);
  }
}

void Fabric::too_many_parts(std::string_view instance) {
  ++counters_.messages_in;
  const char* const why = "a message of more than two parts";
  Worker* worker = roster_.find(instance);
  worker != nullptr ? cut(*worker, why) : turn_away(why);
}

void Fabric::stranger(std::string_view socket, std::string_view address, std::string_view what) {
  tell_of_stranger(socket, address, what);
}

void Fabric::key_refused(std::string_view address, std::string_view key) {
  tell_of_stranger("deal or steer", address, "its public key " + shown(key) + " is not among --fabric-allow");
}

// A peer that fails to connect dials again, several times a second and each time from another port. So the port does
// not count.
void Fabric::tell_of_stranger(std::string_view socket, std::string_view address, std::string_view what) {
  const std::string_view host = address.substr(0, address.find_last_of(':'));
  if (!strangers_.take(std::string(host) + ' ' + std::string(what), now_)) return;
  complaints_.write(now_, "somebody at the " + std::string(socket) + " socket who is no worker" + from(address) + ": " +
                              std::string(what) + " (told once a minute)");
}

// The sender's connection may have ended while its messages waited, and a worker's connection may have the same
// descriptor now.
void Fabric::turn_away(std::string_view why) {
  ++counters_.frames_bad;
  tell_of_stranger("steer", wire_.sender_address(), "it is cut, " + std::string(why));
  const ConnectionId sender = wire_.sender();
  if (roster_.find_connection(sender) == nullptr) wire_.cut(sender);
}

void Fabric::cut_overdue_newcomers() {
  for (const Newcomers::Newcomer& newcomer : newcomers_.take_overdue(now_)) {
    tell_of_stranger("steer", newcomer.address, "it is cut, no HELLO within " + show_ms(kHelloPatience));
    wire_.cut(newcomer.connection);
  }
}

void Fabric::drop(std::string_view instance, ResetCode code, const std::string& what) {
  ++counters_.frames_bad;
  complaints_.write(now_, "worker " + shown(instance) + " is dropped: " + what);
  Worker* worker = roster_.find(instance);
  // A worker can be dropped only once for each HELLO, any other peer as often as it likes.
  if (worker != nullptr || answers_.take(kStrangers, now_)) tell(instance, code, what);
  if (worker != nullptr) lose(*worker, what);
}

void Fabric::tell(std::string_view instance, ResetCode code, std::string_view what) {
  single_message_.clear();
  single_message_.goaway(0, code, what);
  // A peer out of reach is no error: GOAWAY only lets the peer recover, and the router does not depend on it.
  if (wire_.steer(std::string(instance), single_message_.bytes())) ++counters_.messages_out;
}

void Fabric::tell_stranger(std::string_view instance) {
  complaints_.write(now_, "frames from " + shown(instance) + from(wire_.sender_address()) +
                              ", which has not said hello, are ignored");
  if (answers_.take(kStrangers, now_)) tell(instance, ResetCode::protocol_error, "say HELLO first");
}

// ---- coming and going

Result<> Fabric::hello(std::string_view instance, const Frame& frame, ConnectionId connection) {
  newcomers_.forget(connection);
  if (!answers_.take(connection, now_)) return hello_flood(instance);
  Result<Hello> read = read_hello(frame.payload);
  if (read && read->instance != instance)
    read = frame_error("HELLO names instance " + read->instance + " but its routing id is another");
  if (read && read->version != kProtocolVersion)
    read = frame_error("HELLO of protocol version " + std::to_string(read->version) + ", this router speaks " +
                       std::to_string(kProtocolVersion));
  if (!read) {
    ++counters_.frames_bad;
    complaints_.write(
        now_, "HELLO of " + shown(instance) + from(wire_.sender_address()) + " refused: " + read.error().detail);
    tell(instance, ResetCode::connect_error, read.error().detail);
    return {};
  }
  lose_replaced(*read);
  if (Worker* known = roster_.find(instance)) {
    if (known->connection == connection) {
      if (!known->is_unreachable) update(*known, std::move(*read));
      return {};
    }
    lose(*known, "it connected anew");
  }
  join(std::move(*read), connection);
  return {};
}

// The worker knows that its earlier connection is dead, or gave that connection up. ZeroMQ may report the end of that
// connection seconds later.
void Fabric::lose_replaced(const Hello& hello) {
  Worker* before = hello.replaces == hello.instance ? nullptr : roster_.find(hello.replaces);
  if (before == nullptr) return;
  wire_.cut(before->connection);
  lose(*before, "it came back by another connection");
}

// The sender is not dropped: it would only send HELLO again.
Result<> Fabric::hello_flood(std::string_view instance) {
  ++counters_.frames_ignored;
  complaints_.write(now_, "HELLO from " + shown(instance) + " is ignored: over " + std::to_string(kAnswersPerSecond) +
                              " PINGs and HELLOs in a second");
  return {};
}

void Fabric::join(Hello hello, ConnectionId connection) {
  const bool knows_nobody = roster_.all().empty() && empty_since_.empty();
  grace_.joined(now_, knows_nobody, hello.replaces.empty() ? Arrival::first_time : Arrival::returning);
  Worker& worker = roster_.add(std::move(hello), connection);
  worker.address = wire_.sender_address();
  worker.since = worker.heard = now_;
  enlist(worker);
  join_log_.write(now_,
                  "worker " + name_of(worker) + " joined" + from(worker.address) + ": pid " +
                      std::to_string(worker.hello.pid) + ", weight " + std::to_string(worker.hello.weight) +
                      ", capacity " + std::to_string(worker.hello.capacity) + ", serves " +
                      claims_text(worker.hello.routes),
                  log::Level::info);
  outbox(worker).welcome(welcome_);
  counters_.workers = roster_.all().size();
  roster_changed();
  if (worker.is_draining) leaves(worker);
}

void Fabric::update(Worker& worker, Hello hello) {
  delist(worker);
  const bool was_open = worker.is_open_pool;
  worker.hello = std::move(hello);
  roster_.refile(worker);
  if (was_open != worker.is_open_pool)
    join_log_.write(now_, "worker " + name_of(worker) + " now serves " + claims_text(worker.hello.routes),
                    log::Level::info);
  enlist(worker);
  outbox(worker).welcome(welcome_);
  roster_changed();
  if (worker.hello.state == "draining" && !worker.is_draining) leaves(worker);
}

void Fabric::roster_changed() {
  settling_.roster_changed();
  table_changed();
  has_room_ = true;
  wants_turn_end_();
}

Result<> Fabric::goaway(Worker& worker, const Frame& frame) {
  const auto read = read_goaway(frame);
  if (!read) return read.error();
  if (read->code == ResetCode::no_error) {
    leaves(worker);
  } else {
    lose(worker, "it gave up: " + told_by(*read));
  }
  return {};
}

void Fabric::leaves(Worker& worker) {
  if (worker.is_draining && worker.leave_epoch != 0) return;
  leave_log_.write(
      now_, "worker " + name_of(worker) + " is leaving, it holds " + std::to_string(worker.in_flight) + " streams",
      log::Level::info);
  worker.is_draining = true;
  table_changed();
  if (!worker.is_open_pool || deal_connections_ == 0) return confirm_leaving(worker);
  begin_round();
  worker.leave_epoch = rounds_.epoch();
}

void Fabric::confirm_leaving(Worker& worker) {
  if (worker.is_confirmed) return;
  worker.is_confirmed = true;
  roster_.retire(worker);
  pools_.leave(worker);
  table_changed();
  outbox(worker).goaway(0, ResetCode::no_error, "nothing more will come");
}

void Fabric::steer_came(ConnectionId connection, std::string_view address) {
  if (roster_.find_connection(connection) == nullptr) newcomers_.came(connection, address, now_);
}

void Fabric::steer_broke(ConnectionId connection) {
  newcomers_.forget(connection);
  answers_.forget(connection);
  unread_bytes_.forget(connection);
  idle_talk_.forget(connection);
  strange_talk_.forget(connection);
  if (Worker* worker = roster_.find_connection(connection)) lose(*worker, "its connection broke off");
}

void Fabric::lose(Worker& worker, std::string_view why) {
  const WorkerKey key = worker.key;
  const std::string name = name_of(worker);
  const std::vector<StreamId> held = streams_.select(
      [key](const FabricStream& stream) { return stream.place == Place::held && stream.worker == key; });
  const bool is_expected = worker.is_draining && held.empty();
  leave_log_.write(now_,
                   "worker " + name + " is gone: " + std::string(is_expected ? "it left" : why) + "; it held " +
                       std::to_string(held.size()) + " streams",
                   is_expected ? log::Level::info : log::Level::warning);
  delist(worker);
  roster_.remove(key);
  counters_.workers = roster_.all().size();
  roster_changed();
  for (const StreamId id : held) {
    FabricStream* stream = streams_.find(id);
    if (stream == nullptr) continue;
    end_with(*stream,
             Error{Fault::backend, Code::worker_lost, false, "worker " + name + " is gone: " + std::string(why)});
  }
}

// ---- for the operator

std::vector<std::string> Fabric::describe() const {
  std::vector<std::string> lines;
  for (const Worker* worker : roster_.all()) {
    lines.push_back("worker " + name_of(*worker) + from(worker->address) + ": " + std::string(state_of(*worker, now_)) +
                    ", " + std::to_string(worker->in_flight) + " of " + std::to_string(worker->hello.capacity) +
                    " streams, weight " + std::to_string(worker->hello.weight) + ", serves " +
                    claims_text(worker->hello.routes) + ", here for " + show_long(now_ - worker->since));
  }
  return lines;
}

// ---- frames of streams

Result<> Fabric::stream_frame(Worker& worker, const Frame& frame) {
  FabricStream* stream = streams_.find(frame.stream);
  if (stream == nullptr) {
    ++counters_.frames_ignored;  // late: the stream is over
    if (frame.type != FrameType::rst_stream && worker.is_open_pool && abandoned_.take(frame.stream))
      outbox(worker).rst_stream(frame.stream, ResetCode::cancel);
    return {};
  }
  const bool may_claim = stream->place == Place::dealt && worker.is_open_pool;
  const bool is_holder = stream->place == Place::held && stream->worker == worker.key;
  if (!may_claim && !is_holder) {
    ++counters_.frames_ignored;
    complaints_.write(now_, "worker " + name_of(worker) + " sent a frame of stream " + std::to_string(frame.stream) +
                                ", which is not its own");
    return {};
  }
  if (frame.type == FrameType::rst_stream) return worker_reset(worker, *stream, frame);
  if (!stream->is_accepted) {
    accept(worker, *stream);
    stream = streams_.find(frame.stream);
    if (stream == nullptr) return {};
  }
  if (frame.type == FrameType::headers) return reply_head(*stream, frame);
  if (frame.type == FrameType::data) return reply_data(*stream, frame);
  if (frame.type == FrameType::message) return reply_piece(*stream, frame);
  return worker_credit(*stream, frame);
}

void Fabric::accept(Worker& worker, FabricStream& stream) {
  if (stream.place == Place::dealt) {
    --dealt_count_;
    stream.place = Place::held;
    hold(worker, stream);
    room_appeared();  // the other workers do not have this stream
  }
  stream.is_accepted = true;
  BackendEvents* events = events_of(stream);
  if (events == nullptr) {
    outbox(worker).rst_stream(stream.id, stream.give_up_code);
    return remove(stream);
  }
  if (!stream.opening.is_empty()) {
    outbox(worker).append(stream.opening);
    stream.opening.clear();
  }
  events->accepted(worker.hello.name);
}

Result<> Fabric::reply_head(FabricStream& stream, const Frame& frame) {
  const StreamId id = stream.id;
  const bool is_end = frame.has(kFlagEndStream);
  const auto bad = [&](std::string what) -> Result<> {
    fail_stream(id, ResetCode::protocol_error, Error{Fault::backend, Code::worker_protocol, false, std::move(what)});
    return {};
  };
  if (const auto decoded = decoder_.decode(frame.payload, scratch_); !decoded) return bad(decoded.error().detail);
  if (stream.reply.phase() == StreamState::Phase::open) {
    if (!is_end) return bad("a second reply head");
    reply_end(stream, scratch_);
    return {};
  }
  const bool is_interim = scratch_.status() / 100 == 1;
  if (is_interim ? is_end || !stream.reply.interim() : !stream.reply.head()) return bad("a reply head out of order");
  if (!is_interim && scratch_.status() != 200) stream.is_websocket = false;  // refused: an ordinary reply with DATA
  if (BackendEvents* events = events_of(stream)) events->head(scratch_, is_end ? Last::yes : Last::no);
  FabricStream* still = is_end ? streams_.find(id) : nullptr;
  if (still != nullptr) reply_end(*still, no_trailers_);
  return {};
}

bool Fabric::takes(FabricStream& stream, const Frame& frame) {
  const bool is_message = frame.type == FrameType::message;
  const auto size =
      is_message ? message_credit(frame.payload.size()) : static_cast<std::uint32_t>(frame.payload.size());
  if (stream.reply.data() && stream.is_websocket == is_message && stream.from_worker.received(size)) return true;
  fail_stream(stream.id, ResetCode::flow_control_error,
              Error{Fault::backend, Code::worker_protocol, false,
                    std::to_string(size) + " bytes out of order, of the wrong kind or over the credit of " +
                        std::to_string(stream.from_worker.left())});
  return false;
}

Result<> Fabric::reply_data(FabricStream& stream, const Frame& frame) {
  const StreamId id = stream.id;
  const bool is_end = frame.has(kFlagEndStream);
  // A WebSocket may end with an empty DATA frame: closed without a close code.
  if (!(stream.is_websocket && is_end && frame.payload.empty()) && !takes(stream, frame)) return {};
  BackendEvents* events = events_of(stream);
  if (events != nullptr && !frame.payload.empty()) events->data(frame.payload);
  FabricStream* still = is_end ? streams_.find(id) : nullptr;
  if (still != nullptr) reply_end(*still, no_trailers_);
  return {};
}

Result<> Fabric::reply_piece(FabricStream& stream, const Frame& frame) {
  if (!takes(stream, frame)) return {};
  if (BackendEvents* events = events_of(stream))
    events->piece(frame.payload, frame.has(kFlagText) ? MessageKind::text : MessageKind::binary,
                  frame.has(kFlagEndMessage) ? Last::yes : Last::no);
  return {};
}

void Fabric::reply_end(FabricStream& stream, Head& trailers) {
  BackendEvents* events = events_of(stream);
  if (!stream.reply.end()) return;
  // The rest of the request is no longer wanted (RFC 9113 §8.1).
  Worker* worker = holder(stream);
  if (worker != nullptr) worker->has_answered = true;
  if (worker != nullptr && !stream.is_request_ended) outbox(*worker).rst_stream(stream.id, ResetCode::no_error);
  remove(stream);
  if (events != nullptr) events->end(trailers);
  no_trailers_.clear();
}

Result<> Fabric::worker_reset(Worker& worker, FabricStream& stream, const Frame& frame) {
  const auto code = read_rst_stream(frame);
  if (!code) return code.error();
  if (*code == ResetCode::refused_stream && !stream.reply.has_started()) {
    ++counters_.refused;
    worker.refused_until = now_ + kRefusedPause;
    table_changed();
    end_with(stream, Error{Fault::backend, Code::worker_refused, true, "worker " + name_of(worker) + " refused it"});
    return {};
  }
  // The RST_STREAM may be the first frame of the worker about the stream: the log names the worker.
  if (BackendEvents* events = events_of(stream); events != nullptr && !stream.is_accepted)
    events->accepted(worker.hello.name);
  const bool goes_away = worker.is_draining && *code == ResetCode::cancel;  // its time is over: as if it were killed
  end_with(stream, Error{Fault::backend, goes_away ? Code::worker_lost : Code::worker_reset, false,
                         "worker " + name_of(worker) + " reset it with code " +
                             std::to_string(static_cast<std::uint32_t>(*code))});
  return {};
}

Result<> Fabric::worker_credit(FabricStream& stream, const Frame& frame) {
  const auto bytes = read_window_update(frame);
  if (!bytes) return bytes.error();
  if (!stream.to_worker.add(*bytes)) {
    fail_stream(stream.id, ResetCode::flow_control_error,
                Error{Fault::backend, Code::worker_protocol, false,
                      "credit of " + std::to_string(*bytes) + " bytes past 2^31-1"});
    return {};
  }
  BackendEvents* events = events_of(stream);
  if (*bytes > 0) stream.starved_since = {};
  if (events != nullptr && *bytes > 0) events->credit(*bytes);
  return {};
}

}  // namespace zeroway
