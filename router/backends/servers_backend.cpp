#include "router/backends/servers_backend.h"

#include <algorithm>
#include <utility>

#include "router/backends/balance_key.h"
#include "router/backends/limits.h"

namespace zeroway {

namespace {

using std::chrono::milliseconds;
using Stage = OriginStream::Stage;

constexpr Line::Queue kQueue = 0;  // of requests that any server may have

// Of requests whose clients are bound to one server.
Line::Queue queue_at(std::size_t server) { return static_cast<Line::Queue>(server) + 1; }
Line::Queue queue_of(const OriginStream& stream) { return stream.wanted ? queue_at(*stream.wanted) : kQueue; }

std::string in_ms(milliseconds time) { return std::to_string(time.count()) + " ms"; }

// No server could be reached. A server that gave no answer may be there: 502, else 503. Not "safe to open again": all
// servers were tried, and the time to connect is used up.
Error unreachable(const Error& last) {
  const Code code = last.code == Code::backend_timeout ? Code::backend_reset : Code::no_backend;
  return {last.fault, code, false, last.detail};
}

std::string url_of(const ServerSpec& server) {
  constexpr std::string_view kSchemes[] = {"http://", "https://", "h2c://", "", "tcp://", "tls://", ""};
  return std::string(kSchemes[static_cast<std::size_t>(server.scheme)]) + server.name + server.base_path;
}

}  // namespace

ServersBackend::ServersBackend(Loop& loop, std::shared_ptr<ServersPool> pool, OriginDialer& dialer, IdleLimits idle)
    : loop_(loop),
      pool_(std::move(pool)),
      spec_(pool_->spec()),
      streams_(loop, [this](OriginStream& stream) { ring(stream); }),
      line_(spec_.queue_limit, spec_.queue_timeout),
      waiter_(std::make_shared<RoomBell::Waiter>(loop, [this] { room_came(); })),
      tunnel_look_(loop, [this] { look_at_tunnels(); }) {
  if (spec_.health.closes_tunnels) tunnel_look_.set(kTunnelLook);
  for (std::size_t index = 0; index < pool_->size(); ++index) {
    origins_.push_back(std::make_unique<Origin>(static_cast<OriginOwner&>(*this), loop, dialer, *pool_, index, idle));
    counts_.emplace_back();
  }
}

ServersBackend::~ServersBackend() {
  waiter_->stop();
  pool_->bell().leave(waiter_);
  loop_.forget_turn_end(*this);
}

// --- the request's verbs

BackendStream ServersBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  OriginStream& stream = streams_.create(reply_to);
  stream.kind = request.kind;
  stream.attempt = request.attempt;
  stream.last = request.last;
  stream.client = &request.client;
  stream.route = &request.route;
  stream.balance_key = balance_key(spec_, request);
  stream.avoided = index_of(request.silent);
  stream.wanted = wanted_server(request);
  const StreamKey key = stream.key;
  if (!line_.is_empty(queue_of(stream))) {
    wait_in_line(stream, request.head);
  } else {
    find_server(stream, request.head, nullptr);
  }
  return {this, key};
}

void ServersBackend::data(StreamKey key, Bytes bytes) {
  OriginStream* stream = streams_.find(key);
  if (!stream || stream->stage == Stage::failed) return;
  if (stream->connection) return stream->connection->data(*stream, bytes);
  stream->body.append(as_text(bytes));
}

void ServersBackend::piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) {
  OriginStream* stream = streams_.find(key);
  if (stream && stream->connection) stream->connection->piece(*stream, bytes, kind, last);
}

void ServersBackend::end(StreamKey key, const Head& trailers) {
  OriginStream* stream = streams_.find(key);
  if (!stream || stream->stage == Stage::failed) return;
  if (stream->connection) return stream->connection->end(*stream, trailers);
  stream->has_ended = true;
  if (!trailers.is_empty()) stream->trailers = trailers;
}

void ServersBackend::reset(StreamKey key, ResetCode code) {
  OriginStream* stream = streams_.find(key);
  if (!stream) return;
  detach(*stream, code);
  release(*stream);
}

void ServersBackend::credit(StreamKey key, std::uint32_t bytes) {
  OriginStream* stream = streams_.find(key);
  if (!stream || stream->stage == Stage::failed) return;
  if (stream->connection) return stream->connection->credit(*stream, bytes);
  stream->credit += bytes;
}

std::vector<MemberFacts> ServersBackend::members() const {
  std::vector<MemberFacts> all;
  for (std::size_t index = 0; index < origins_.size(); ++index) all.push_back(facts_of(index));
  return all;
}

MemberFacts ServersBackend::facts_of(std::size_t index) const {
  const Origin& origin = *origins_[index];
  const ServerSpec& server = origin.server();
  MemberFacts facts{.kind = MemberFacts::Kind::server,
                    .name = server.name,
                    .instance = "",
                    .pool = spec_.name,
                    .address = url_of(server),
                    .state = pool_->state(index, loop_.now()),
                    .is_fit = pool_->takes_new_clients(index, loop_.now()),
                    .is_standby = server.state == ServerSpec::State::standby,
                    .weight = pool_->weight(index),
                    .capacity = server.max_conns,
                    .open = pool_->chooser().open(index),
                    .taken = counts_[index].taken,
                    .failed = counts_[index].failed,
                    .connections = static_cast<std::uint32_t>(origin.connections()),
                    .idle_connections = static_cast<std::uint32_t>(origin.idle_connections())};
  facts.text = facts.name + ": " + facts.state + ", " + std::to_string(facts.open) + " requests open, " +
               std::to_string(facts.connections) + " connections of this loop, " +
               std::to_string(facts.idle_connections) + " of them idle";
  return facts;
}

// --- choosing a server

// `last`: why the server before this one was left.
void ServersBackend::find_server(OriginStream& stream, const Head& head, const Error* last) {
  const Placed placed = place(stream, head);
  if (placed == Placed::full) return wait_in_line(stream, head);
  if (placed == Placed::nobody) fail(stream, last ? unreachable(*last) : nobody_error(stream));
}

ServersBackend::Placed ServersBackend::place(OriginStream& stream, const Head& head) {
  if (const Placed placed = place_at_wanted(stream, head); placed != Placed::nobody) return placed;
  const Placed placed = place_at_fit(stream, head);
  if (placed != Placed::nobody || !std::exchange(stream.avoided, std::nullopt)) return placed;
  return place_at_fit(stream, head);
}

// A client stays with its server as long as that one is fit, and waits when it is full.
ServersBackend::Placed ServersBackend::place_at_wanted(OriginStream& stream, const Head& head) {
  if (!stream.wanted) return Placed::nobody;
  const std::size_t server = *stream.wanted;
  if (may_try(stream, server) && pool_->health(server).is_fit(loop_.now())) {
    auto placement = pool_->chooser().place_at(server);
    if (!placement) return Placed::full;
    if (auto ticket = pool_->health(server).take(loop_.now())) {
      give(stream, head, std::move(*placement), std::move(*ticket));
      return Placed::yes;
    }
  }
  stream.wanted.reset();
  return Placed::nobody;
}

// A server on standby is not asked to help out when the active ones are only full.
ServersBackend::Placed ServersBackend::place_at_fit(OriginStream& stream, const Head& head) {
  for (const auto state : {ServerSpec::State::active, ServerSpec::State::standby})
    if (const Placed placed = place_among(state, stream, head); placed != Placed::nobody) return placed;
  return spec_.health.fail_open && !is_anybody_fit() ? place_anyway(stream, head) : Placed::nobody;
}

ServersBackend::Placed ServersBackend::place_among(ServerSpec::State state, OriginStream& stream, const Head& head) {
  const Time now = loop_.now();
  const auto may_take = [&](std::size_t server) {
    if (pool_->server(server).state != state) return false;
    // Room for which bound clients wait is theirs.
    return may_try(stream, server) && pool_->health(server).is_fit(now) && line_.is_empty(queue_at(server));
  };
  while (auto placement = pool_->chooser().place(stream.balance_key, may_take)) {
    // Nothing when another loop has just begun the one trial of a server that was out.
    auto ticket = pool_->health(placement->member()).take(now);
    if (!ticket) continue;
    give(stream, head, std::move(*placement), std::move(*ticket));
    return Placed::yes;
  }
  return has_fit_server(state, stream) ? Placed::full : Placed::nobody;
}

ServersBackend::Placed ServersBackend::place_anyway(OriginStream& stream, const Head& head) {
  const auto may_take = [&](std::size_t server) { return may_try(stream, server); };
  auto placement = pool_->chooser().place(stream.balance_key, may_take);
  if (!placement) return Placed::nobody;
  HealthTicket ticket = pool_->health(placement->member()).take_anyway();
  give(stream, head, std::move(*placement), std::move(ticket));
  return Placed::yes;
}

void ServersBackend::give(OriginStream& stream, const Head& head, Reservation placement, HealthTicket ticket) {
  const std::size_t server = placement.member();
  ++counts_[placement.member()].taken;
  stream.placement = std::move(placement);
  stream.health.emplace(std::move(ticket));
  stream.server = &pool_->server(server);
  if (stream.connect_due == Time{}) {
    const milliseconds limit = spec_.times.connect;
    stream.connect_due = limit.count() == 0 ? Time::max() : loop_.now() + limit;
  }
  origins_[server]->serve(stream, head);
  watch(stream);
}

// h2c is HTTP/2 without a choice, and WebSockets need HTTP/1.1.
bool ServersBackend::can_serve(Kind kind, std::size_t server) const {
  if (pool_->health(server).is_held()) return false;
  const ServerSpec& spec = pool_->server(server);
  if (kind == Kind::tunnel || spec.carries_bytes()) return kind == Kind::tunnel && spec.carries_bytes();
  return kind == Kind::request || spec.scheme != ServerSpec::Scheme::h2c;
}

bool ServersBackend::may_try(const OriginStream& stream, std::size_t server) const {
  if (!can_serve(stream.kind, server) || stream.avoided == server) return false;
  return std::find(stream.tried.begin(), stream.tried.end(), server) == stream.tried.end();
}

// Whether another server than the stream's could answer now.
bool ServersBackend::has_other(const OriginStream& stream) const {
  for (std::size_t server = 0; server < pool_->size(); ++server) {
    const bool is_other = server != stream.placement.member() && pool_->weight(server) > 0;
    if (is_other && can_serve(stream.kind, server) && pool_->health(server).is_fit(loop_.now())) return true;
  }
  return false;
}

std::optional<std::size_t> ServersBackend::index_of(std::string_view name) const {
  for (std::size_t server = 0; !name.empty() && server < pool_->size(); ++server) {
    if (pool_->server(server).name == name) return server;
  }
  return std::nullopt;
}

// The first that is fit of those that the client may be bound to.
std::optional<std::size_t> ServersBackend::wanted_server(const BackendRequest& request) const {
  if (request.affinity == nullptr) return std::nullopt;
  for (const std::string& name : request.affinity->members) {
    const auto server = index_of(name);
    if (server && can_serve(request.kind, *server) && pool_->health(*server).is_fit(loop_.now())) return server;
  }
  return std::nullopt;
}

// Does not ask whether the server is full: another loop may have made room since the choice. Then the request waits for
// a moment and is placed at the end of the turn.
bool ServersBackend::has_fit_server(ServerSpec::State state, const OriginStream& stream) const {
  for (std::size_t server = 0; server < pool_->size(); ++server) {
    if (pool_->server(server).state != state) continue;
    if (pool_->weight(server) > 0 && may_try(stream, server) && pool_->health(server).is_fit(loop_.now())) return true;
  }
  return false;
}

PartState ServersBackend::state(const BackendRequest& request) const {
  using Room = PartState::Room;
  PartState state{Room::nobody, static_cast<std::uint32_t>(streams_.size())};
  for (std::size_t server = 0; server < pool_->size(); ++server) {
    const bool is_fit =
        pool_->weight(server) > 0 && can_serve(request.kind, server) && pool_->health(server).is_fit(loop_.now());
    if (!is_fit) continue;
    const bool is_full = !line_.is_empty(kQueue) || pool_->chooser().is_full(server);
    const bool is_standby = pool_->server(server).state == ServerSpec::State::standby;
    const Room room =
        is_full ? (is_standby ? Room::standby_full : Room::full) : (is_standby ? Room::standby : Room::free);
    state.room = std::max(state.room, room);
  }
  return state;
}

bool ServersBackend::is_anybody_fit() const {
  for (std::size_t server = 0; server < pool_->size(); ++server) {
    if (pool_->weight(server) > 0 && pool_->health(server).is_fit(loop_.now())) return true;
  }
  return false;
}

// While other servers are left, a server that does not answer may use only half of the time.
milliseconds ServersBackend::dial_time(const OriginStream& stream) const {
  if (stream.connect_due == Time::max()) return kLongestDial;
  const auto left = std::chrono::ceil<milliseconds>(stream.connect_due - loop_.now());
  const bool has_others = stream.tried.size() + 1 < pool_->size();
  return std::max(milliseconds(1), has_others ? left / 2 : left);
}

// --- waiting for room

void ServersBackend::wait_in_line(OriginStream& stream, const Head& head) {
  const Time now = loop_.now();
  const auto ticket = line_.join(queue_of(stream), stream.key, now);
  if (!ticket) {
    return fail(stream, {Fault::router, Code::queue_full, false,
                         std::to_string(line_.size()) + " requests wait for pool " + spec_.name + " already"});
  }
  stream.keep_head(head);
  stream.ticket = ticket;
  stream.stage = Stage::in_line;
  stream.line_due = now + spec_.queue_timeout;
  watch(stream);
  pool_->bell().wait(waiter_);
  room_came();  // another loop may have made room before the bell knew of us
}

void ServersBackend::room_came() {
  is_line_due_ = true;
  ask_turn_end();
}

// Asks for the bell before it looks: room that another loop makes after the look rings.
void ServersBackend::serve_line() {
  if (!std::exchange(is_line_due_, false)) return;
  if (line_.size() == 0) return pool_->bell().ring();  // the room that we were told of is another loop's
  pool_->bell().wait(waiter_);
  line_.serve([this](Line::Queue, Line::Key key) {
    OriginStream& stream = *streams_.find(static_cast<StreamKey>(key));
    const Placed placed = place(stream, stream.head);
    if (placed == Placed::full) return false;
    stream.ticket.reset();
    if (placed == Placed::nobody) fail(stream, nobody_error(stream));
    return true;
  });
  if (line_.size() == 0) pool_->bell().leave(waiter_);
}

// --- what became of a request

void ServersBackend::answered(OriginStream& stream, int status) {
  if (!stream.health) return;
  if (status >= 500 && spec_.health.count_5xx) return failed(stream, "status " + std::to_string(status));
  stream.health->succeeded();
  if (stream.health->is_trial()) pool_->tell_change(stream.placement.member(), false, loop_.now(), {});
}

void ServersBackend::failed(OriginStream& stream, std::string_view why) {
  if (stream.health) count_failure(stream.placement.member(), *stream.health, why);
}

void ServersBackend::count_failure(std::size_t server, HealthTicket& ticket, std::string_view why) {
  ++counts_[server].failed;
  const bool was_fit = pool_->health(server).is_fit(loop_.now());
  ticket.failed(loop_.now());
  pool_->tell_change(server, was_fit, loop_.now(), why);
}

void ServersBackend::release(OriginStream& stream) {
  streams_.remove(stream);
  pool_->bell().ring();
}

void ServersBackend::dial_failed(std::size_t server, const Error& error) {
  if (error.fault == Fault::router) return;
  HealthTicket ticket = pool_->health(server).take_anyway();
  count_failure(server, ticket, error.detail);
}

void ServersBackend::no_connection(OriginStream& stream, const Error& error) {
  stream.tried.push_back(stream.placement.member());
  // The dial has counted as a failure already, once for all that waited for it. A trial has its own word.
  if (stream.health && stream.health->is_trial() && error.fault != Fault::router) stream.health->failed(loop_.now());
  stream.health.reset();
  stream.placement.release();
  stream.stage = Stage::placing;
  find_server(stream, stream.head, &error);
  pool_->bell().ring();
}

// --- tunnels of servers that are out

void ServersBackend::look_at_tunnels() {
  reset_tunnels([this](std::size_t server) { return !pool_->health(server).is_fit(loop_.now()); }, "is out");
  tunnel_look_.set(kTunnelLook);
}

void ServersBackend::replaced_by(const PoolSpec* now) {
  if (!spec_.health.closes_tunnels) return;
  const auto is_gone = [&](std::size_t server) {
    if (now == nullptr) return true;
    const std::string& name = pool_->server(server).name;
    return std::none_of(now->servers.begin(), now->servers.end(), [&](const auto& one) { return one.name == name; });
  };
  reset_tunnels(is_gone, "was removed");
}

template <class Predicate>
void ServersBackend::reset_tunnels(Predicate is_gone, const char* why) {
  const auto is_meant = [&](const OriginStream& stream) {
    return stream.kind == Kind::tunnel && stream.stage == Stage::open && is_gone(stream.placement.member());
  };
  for (const StreamKey key : streams_.select(is_meant)) {
    OriginStream& stream = *streams_.find(key);
    fail(stream, {Fault::backend, Code::backend_lost, false, stream.server->name + " " + why});
  }
}

// --- failing

void ServersBackend::watch(OriginStream& stream) {
  switch (stream.stage) {
    case Stage::open:
      return stream.arm(std::min(stream.clock.due(spec_.times), stream.continue_due), loop_.now());
    case Stage::dialing:
      return stream.arm(stream.connect_due, loop_.now());
    case Stage::in_line:
      return stream.arm(stream.line_due, loop_.now());
    case Stage::placing:
    case Stage::failed:
      return;
  }
}

// The timer may ring early: see OriginStream::arm().
void ServersBackend::ring(OriginStream& stream) {
  const Time now = loop_.now();
  stream.rings_at = Time::max();
  const bool is_overdue = (stream.stage == Stage::open && stream.clock.due(spec_.times) <= now) ||
                          (stream.stage == Stage::dialing && stream.connect_due <= now) ||
                          (stream.stage == Stage::in_line && stream.line_due <= now);
  if (is_overdue) return expire(stream);
  if (stream.stage != Stage::open || stream.continue_due > now) return watch(stream);
  stream.continue_due = Time::max();
  watch(stream);
  say_continue(stream);
}

// The server says nothing about the body, so the client would wait for ever. The stream may be over after this.
void ServersBackend::say_continue(const OriginStream& stream) {
  Head interim{{":status", "100"}};
  if (BackendEvents* exchange = stream.reply_to.find()) exchange->head(interim, Last::no);
}

void ServersBackend::expire(OriginStream& stream) {
  if (stream.stage == Stage::in_line) {
    return fail(stream, {Fault::router, Code::backends_busy, false,
                         "no server of pool " + spec_.name + " had room within " + in_ms(spec_.queue_timeout)});
  }
  if (stream.stage == Stage::dialing) {
    // The dial itself counts when it fails; only a trial has a word of its own.
    if (stream.health && stream.health->is_trial()) stream.health->failed(loop_.now());
    return fail(stream, {Fault::backend, Code::backend_reset, false,
                         "no connection to " + stream.server->name + " within " + in_ms(spec_.times.connect)});
  }
  const bool is_taking = stream.clock.is_taking();
  const milliseconds limit = is_taking ? spec_.times.write : spec_.times.read;
  std::string why = is_taking ? "took nothing of the request for " : "was silent for ";
  why += in_ms(limit);
  if (!stream.has_head) failed(stream, why);
  fail(stream, {Fault::backend, Code::backend_timeout, false, stream.server->name + " " + why, has_other(stream)});
}

// Takes the stream from whoever has it.
void ServersBackend::detach(OriginStream& stream, ResetCode code) {
  if (OriginConnection* connection = std::exchange(stream.connection, nullptr)) connection->give_up(stream, code);
  if (stream.stage == Stage::dialing) origins_[stream.placement.member()]->leave(stream);
  if (stream.ticket) line_.leave(*std::exchange(stream.ticket, std::nullopt));
}

// Told at the turn's end: open() may be running.
void ServersBackend::fail(OriginStream& stream, Error error) {
  detach(stream, ResetCode::cancel);
  stream.stage = Stage::failed;
  stream.error = std::move(error);
  failed_.push_back(stream.key);
  ask_turn_end();
}

void ServersBackend::tell_failed() {
  for (const StreamKey key : std::exchange(failed_, {})) {
    OriginStream* stream = streams_.find(key);
    if (!stream || stream->stage != Stage::failed) continue;
    const ReplyTo reply_to = stream->reply_to;
    const Error error = std::move(*stream->error);
    release(*stream);
    if (BackendEvents* exchange = reply_to.find()) exchange->reset(error);
  }
}

Error ServersBackend::nobody_error(const OriginStream& stream) const {
  bool can_anybody = false;
  for (std::size_t server = 0; server < pool_->size(); ++server) can_anybody |= can_serve(stream.kind, server);
  if (!can_anybody) {
    return {Fault::router, Code::not_implemented, false,
            "no server of pool " + spec_.name +
                (stream.kind == Kind::web_socket ? " takes a WebSocket: h2c" : " takes a tunnel")};
  }
  return {Fault::backend, Code::no_backend, false, "all servers of pool " + spec_.name + " are out"};
}

// --- the end of a turn

void ServersBackend::settle_later(OriginConnection& who) {
  unsettled_.push_back(&who);
  ask_turn_end();
}

void ServersBackend::settle_all() {
  for (std::size_t index = 0; index < unsettled_.size(); ++index) unsettled_[index]->settle();
  unsettled_.clear();
}

void ServersBackend::turn_end() {
  do {
    settle_all();
    tell_failed();
    serve_line();
  } while (!unsettled_.empty() || !failed_.empty());
  buried_.clear();
}

}  // namespace zeroway
