#include "router/fabric/membership.h"

#include <algorithm>
#include <utility>

#include "proto/message.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/observe/escape.h"

namespace zeroway {
namespace {

// Frames from peers that have not sent HELLO come without their connection: all these peers share one budget of
// answers.
constexpr ConnectionId kNoConnection = -1;

// Dealt pings, and the PINGs that prove what a worker has read, have other bytes.
constexpr std::uint64_t kHeartbeatPing = 0;

// What is wrong with a HELLO from `instance`; "" when nothing is.
std::string fault_of(const Hello& hello, std::string_view instance) {
  if (hello.instance != instance) return "HELLO names instance " + hello.instance + " but its routing id is another";
  if (hello.version == kProtocolVersion) return "";
  return "HELLO of protocol version " + std::to_string(hello.version) + ", this router speaks " +
         std::to_string(kProtocolVersion);
}

// A worker's GOAWAY, for the log.
std::string told_by(const Goaway& goaway) {
  std::string text = "code " + std::to_string(static_cast<std::uint32_t>(goaway.code));
  if (goaway.reason.empty()) return text;
  text += ", '";
  append_escaped(text, goaway.reason.substr(0, kMostReason));
  return text + "'";
}

// For the operator: the first state that is true.
std::string_view state_of(const Worker& worker, Time now) {
  if (worker.is_unreachable) return "unreachable";
  if (worker.is_draining) return "leaving";
  if (worker.is_held) return "held";
  if (worker.is_silent) return "silent";
  if (!worker.has_room()) return "full";
  return now < worker.refused_until ? "refusing" : "ready";
}

}  // namespace

Membership::Membership(FabricContext& context, const Parts& parts, Welcome welcome)
    : context_(context), parts_(parts), welcome_(std::move(welcome)) {}

// ---- coming

void Membership::hello(std::string_view instance, const Frame& frame, ConnectionId connection) {
  parts_.strangers.said_hello(connection);
  if (!answers_.take(connection, context_.now)) return ignore_hello(instance);
  Result<Hello> read = read_hello(frame.payload);
  if (!read) return refuse_hello(instance, read.error().detail);
  if (const std::string fault = fault_of(*read, instance); !fault.empty()) return refuse_hello(instance, fault);
  lose_replaced(*read);
  Worker* known = context_.roster.find(instance);
  if (const std::string fault = parts_.claims.announcements().disagreement(*read, known); !fault.empty())
    return refuse_hello(instance, fault);
  if (known == nullptr) return join(std::move(*read), connection);
  if (known->connection != connection) {
    lose(*known, "it connected anew");
    return join(std::move(*read), connection);
  }
  if (!known->is_unreachable) update(*known, std::move(*read));
}

void Membership::refuse_hello(std::string_view instance, const std::string& why) {
  ++context_.counters.frames_bad;
  context_.complaints.write(context_.now,
                            "HELLO of " + shown(instance) + from(context_.wire.sender_address()) + " refused: " + why);
  parts_.post.goaway(instance, ResetCode::connect_error, why);
}

// The sender is not dropped: it would only send HELLO again.
void Membership::ignore_hello(std::string_view instance) {
  ++context_.counters.frames_ignored;
  context_.complaints.write(context_.now, "HELLO from " + shown(instance) + " is ignored: over " +
                                              std::to_string(kAnswersPerSecond) + " PINGs and HELLOs in a second");
}

// The worker knows that its earlier connection is dead, or gave that connection up. ZeroMQ may report the end of that
// connection seconds later.
void Membership::lose_replaced(const Hello& hello) {
  Worker* before = hello.replaces == hello.instance ? nullptr : context_.roster.find(hello.replaces);
  if (before == nullptr) return;
  context_.wire.cut(before->connection);
  lose(*before, "it came back by another connection");
}

void Membership::join(Hello hello, ConnectionId connection) {
  parts_.placement.worker_joins(hello.replaces.empty() ? Arrival::first_time : Arrival::returning);
  Worker& worker = context_.roster.add(std::move(hello), connection);
  worker.address = context_.wire.sender_address();
  worker.since = worker.heard = context_.now;
  parts_.claims.add(worker);
  parts_.rebalancer.joined(worker);
  const std::string line = "worker " + name_of(worker) + " joined" + from(worker.address) + ": pid " +
                           std::to_string(worker.hello.pid) + ", weight " + std::to_string(worker.hello.weight) +
                           ", capacity " + std::to_string(worker.hello.capacity) + ", serves " +
                           served_text(worker.hello);
  join_log_.write(context_.now, line, log::Level::info);
  context_.tell(Event::Kind::worker_joined, worker, line);
  parts_.post.outbox(worker).welcome(welcome_);
  context_.counters.workers = context_.roster.all().size();
  parts_.proof.roster_changed();
  if (worker.is_draining) leaves(worker);
}

void Membership::update(Worker& worker, Hello hello) {
  parts_.claims.remove(worker, Claims::Going::withdrawn);
  const bool was_open = worker.is_open_pool;
  const Hello before = std::exchange(worker.hello, std::move(hello));
  context_.roster.refile(worker);
  const bool is_same =
      was_open == worker.is_open_pool && before.group == worker.hello.group && before.is_standby == worker.is_standby();
  if (!is_same)
    join_log_.write(context_.now, "worker " + name_of(worker) + " now serves " + served_text(worker.hello),
                    log::Level::info);
  parts_.claims.add(worker);
  parts_.rebalancer.joined(worker);
  parts_.post.outbox(worker).welcome(welcome_);
  parts_.proof.roster_changed();
  if (worker.hello.state == "draining" && !worker.is_draining) leaves(worker);
}

// ---- pings

Result<> Membership::ping(Worker& worker, const Frame& frame) {
  const auto opaque = read_ping(frame);
  if (!opaque) return opaque.error();
  if (!frame.has(kFlagAck)) return answer_ping(worker, *opaque);
  if (parts_.post.proven(worker, *opaque)) return {};
  parts_.proof.pong(worker, *opaque);
  if (Proof::has_read_all(worker)) confirm_leaving(worker);
  return {};
}

Result<> Membership::answer_ping(Worker& worker, std::uint64_t opaque) {
  if (!answers_.take(worker.connection, context_.now))
    return Error{Fault::backend, Code::frame_error, false,
                 "over " + std::to_string(kAnswersPerSecond) + " PINGs and HELLOs in a second"};
  parts_.post.outbox(worker).ping(opaque, Ack::yes);
  return {};
}

// A worker that sends nothing is pinged through steer. ZeroMQ's own heartbeats are not enough: in a worker that hangs,
// ZeroMQ's thread still answers them.
void Membership::ping_quiet_workers() {
  for (Worker* worker : context_.roster.all()) {
    if (worker->is_unreachable) continue;
    if (context_.now - std::max(worker->heard, worker->pinged) < context_.settings.heartbeat_interval) continue;
    worker->pinged = context_.now;
    parts_.post.outbox(*worker).ping(kHeartbeatPing, Ack::no);
  }
}

// ---- leaving

Result<> Membership::goaway(Worker& worker, const Frame& frame) {
  const auto read = read_goaway(frame);
  if (!read) return read.error();
  if (read->code == ResetCode::no_error) {
    leaves(worker);
  } else {
    lose(worker, "it gave up: " + told_by(*read));
  }
  return {};
}

void Membership::leaves(Worker& worker) {
  if (worker.is_draining && worker.leave_epoch != 0) return;
  context_.leave_log.write(
      context_.now,
      "worker " + name_of(worker) + " is leaving, it holds " + std::to_string(worker.in_flight) + " streams",
      log::Level::info);
  worker.is_draining = true;
  parts_.proof.table_changed();
  if (!parts_.proof.begin_leaving(worker)) confirm_leaving(worker);
}

void Membership::confirm_leaving(Worker& worker) {
  if (worker.is_confirmed) return;
  worker.is_confirmed = true;
  retire(worker);
  parts_.post.outbox(worker).goaway(0, ResetCode::no_error, "nothing more will come");
}

void Membership::retire(Worker& worker) {
  context_.roster.retire(worker);
  parts_.claims.retire(worker);
  parts_.proof.table_changed();
}

// ---- being lost

void Membership::connection_broke(ConnectionId connection) {
  parts_.strangers.forget(connection);
  parts_.post.forget(connection);
  answers_.forget(connection);
  idle_talk_.forget(connection);
  if (Worker* worker = context_.roster.find_connection(connection)) lose(*worker, "its connection broke off");
}

// The worker's last messages may still be unread, and its streams' replies among them. connection_broke() is told after
// them. No worker has seen the openings that could not be sent.
void Membership::unreachable(Worker& worker) {
  retire(worker);
  const WorkerKey key = worker.key;
  const std::string name = worker.hello.name;
  std::vector<StreamId> unsent;
  unsent.swap(worker.unsent);
  for (const StreamId id : unsent) {
    FabricStream* stream = parts_.streams.find(id);
    if (stream == nullptr || stream->worker != key || stream->is_accepted) continue;
    parts_.streams.end(*stream, Error{Fault::backend, Code::backend_lost, true,
                                      "worker " + name + " was gone before it could be sent"});
  }
}

void Membership::reads_too_little(Worker& worker, std::size_t unread) {
  cut(worker, std::to_string(unread) + " bytes wait for it to read them");
}

void Membership::judge() {
  while (const auto key = parts_.post.take_unreachable())
    if (Worker* worker = context_.roster.find(*key)) lose(*worker, "it cannot be reached");
  lose_unheard();
}

void Membership::lose_unheard() {
  std::vector<WorkerKey> unheard;
  for (const Worker* worker : context_.roster.all())
    if (context_.now - worker->heard >= context_.settings.heartbeat_timeout) unheard.push_back(worker->key);
  for (const WorkerKey key : unheard) {
    Worker* worker = context_.roster.find(key);
    if (worker == nullptr) continue;
    context_.wire.cut(worker->connection);
    lose(*worker, "it was not heard of for " + show_ms(context_.now - worker->heard));
  }
}

void Membership::lost_time() {
  for (Worker* worker : context_.roster.all()) worker->heard = context_.now;
}

void Membership::cut_sender(std::string_view instance, const std::string& why) {
  Worker* worker = context_.roster.find(instance);
  worker != nullptr ? cut(*worker, why) : parts_.strangers.turn_away(why);
}

void Membership::talked_idly(std::string_view instance, std::size_t cost) {
  const Worker* worker = context_.roster.find(instance);
  const bool may_talk =
      worker != nullptr ? idle_talk_.take(worker->connection, context_.now, cost) : parts_.strangers.may_talk(cost);
  if (!may_talk) cut_sender(instance, "it says more in a second than anybody waits for");
}

void Membership::drop(std::string_view instance, ResetCode code, const std::string& why) {
  ++context_.counters.frames_bad;
  context_.complaints.write(context_.now, "worker " + shown(instance) + " is dropped: " + why);
  Worker* worker = context_.roster.find(instance);
  // A worker can be dropped only once for each HELLO, any other peer as often as it likes.
  if (worker != nullptr || answers_.take(kNoConnection, context_.now)) parts_.post.goaway(instance, code, why);
  if (worker != nullptr) lose(*worker, why);
}

void Membership::ignore(std::string_view instance) {
  ++context_.counters.frames_ignored;
  context_.complaints.write(context_.now, "frames from " + shown(instance) + from(context_.wire.sender_address()) +
                                              ", which has not said hello, are ignored");
  if (answers_.take(kNoConnection, context_.now))
    parts_.post.goaway(instance, ResetCode::protocol_error, "say HELLO first");
}

void Membership::cut(Worker& worker, const std::string& why) {
  context_.wire.cut(worker.connection);
  lose(worker, "it is cut, " + why);
}

void Membership::lose(Worker& worker, std::string_view why) {
  const WorkerKey key = worker.key;
  const std::uint64_t left = worker.messages - context_.wire.unsent(worker.connection);
  const std::string name = name_of(worker);
  const std::vector<StreamId> held = parts_.streams.select(
      [key](const FabricStream& stream) { return stream.place == Place::held && stream.worker == key; });
  const bool is_expected = worker.is_draining && held.empty();
  const std::string line = "worker " + name + " is gone: " + std::string(is_expected ? "it left" : why) + "; it held " +
                           std::to_string(held.size()) + " streams";
  context_.leave_log.write(context_.now, line, is_expected ? log::Level::info : log::Level::warning);
  context_.tell(Event::Kind::worker_left, worker, line);
  parts_.claims.remove(worker, worker.is_draining ? Claims::Going::withdrawn : Claims::Going::lost);
  context_.roster.remove(key);
  context_.counters.workers = context_.roster.all().size();
  parts_.proof.roster_changed();
  for (const StreamId id : held) {
    FabricStream* stream = parts_.streams.find(id);
    if (stream == nullptr) continue;
    const bool is_unseen = !stream->is_accepted && stream->sent_in >= left;
    parts_.streams.end(*stream, Error{Fault::backend, Code::backend_lost, is_unseen,
                                      "worker " + name + " is gone: " + std::string(why)});
  }
}

// ---- for the operator

std::size_t Membership::hold(std::string_view member, bool is_held) {
  return for_each(member, [is_held](Worker& worker) { worker.is_held = is_held; });
}

std::size_t Membership::weigh(std::string_view member, std::uint32_t weight) {
  return for_each(member, [weight](Worker& worker) { worker.hello.weight = weight; });
}

std::size_t Membership::for_each(std::string_view member, const std::function<void(Worker&)>& change) {
  std::size_t count = 0;
  for (Worker* worker : context_.roster.all()) {
    if (worker->hello.name != member && worker->hello.instance != member) continue;
    change(*worker);
    ++count;
  }
  if (count > 0) parts_.proof.table_changed();
  return count;
}

namespace {

// Each route, or the group, the app or the realm alone; none = everything. Whether it is on standby says its state.
std::vector<std::string> served_by(const Hello& hello) {
  std::vector<std::string> texts;
  if (!hello.group.empty()) {
    Hello active = hello;
    active.is_standby = false;
    return {served_text(active)};
  }
  for (const auto& route : hello.routes) texts.push_back(claims_text({route}));
  return texts;
}

}  // namespace

bool Membership::is_standing_by(const Worker& worker) const {
  return worker.is_standby() || parts_.claims.announcements().rests(worker);
}

// As of servers: "standby, ready". The role of a worker that goes does not matter.
std::string Membership::shown_state(const Worker& worker) const {
  const bool is_going = worker.is_draining || worker.is_unreachable;
  return (is_standing_by(worker) && !is_going ? "standby, " : "") + std::string(state_of(worker, context_.now));
}

MemberFacts Membership::facts_of(const Worker& worker) const {
  const Hello& hello = worker.hello;
  return {.kind = MemberFacts::Kind::worker,
          .name = hello.name,
          .instance = hello.instance,
          .pid = hello.pid,
          .pool = hello.group,
          .address = worker.address,
          .state = shown_state(worker),
          .is_fit = worker.is_fit(),
          .is_standby = is_standing_by(worker),
          .weight = hello.weight,
          .capacity = hello.capacity,
          .open = worker.in_flight,
          .taken = worker.taken,
          .failed = worker.failed,
          .serves = served_by(hello),
          .claims = hello.routes,
          .here_for = std::chrono::duration_cast<std::chrono::seconds>(context_.now - worker.since),
          .text = describe(worker)};
}

WorkerSlice Membership::slice(WorkerKey after, std::size_t most) const {
  const std::vector<Worker*>& all = context_.roster.all();
  auto next = std::upper_bound(all.begin(), all.end(), after,
                               [](WorkerKey key, const Worker* worker) { return key < worker->key; });
  WorkerSlice slice;
  for (; next != all.end() && slice.members.size() < most; ++next) {
    slice.members.push_back(facts_of(**next));
    slice.last = (*next)->key;
  }
  return slice;
}

std::string Membership::describe(const Worker& worker) const {
  return "worker " + name_of(worker) + from(worker.address) + ": " + shown_state(worker) + ", " +
         std::to_string(worker.in_flight) + " of " + std::to_string(worker.hello.capacity) + " streams, weight " +
         std::to_string(worker.hello.weight) + ", serves " + served_text(worker.hello) + ", here for " +
         show_long(context_.now - worker.since);
}

}  // namespace zeroway
