#include "router/fabric/fabric.h"

#include <algorithm>
#include <utility>

#include "proto/message.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/observe/log.h"

namespace zeroway {
namespace {

StreamId first_id(std::uint32_t seed, const Welcome& welcome) {
  if (seed != 0) return seed & kMaxStreamId;
  // Late frames for an earlier router process must not match streams of this one: begin at any id.
  const std::string loop = welcome.router + std::to_string(welcome.loop);
  return static_cast<StreamId>(std::hash<std::string>{}(loop)) & kMaxStreamId;
}

// Whether credit, or the order of a stream, bounds such frames.
bool is_of_reply(const Frame& frame) {
  if (frame.type == FrameType::data) return !frame.payload.empty() || frame.has(kFlagEndStream);
  return frame.type == FrameType::headers || frame.type == FrameType::message;
}

// ZeroMQ makes such ids for peers that have none, and aborts when another peer already has the id that it makes.
bool is_reserved(std::string_view instance) { return instance.empty() || instance.front() == '\0'; }

std::size_t idle_cost(Bytes bytes) { return bytes.size() + kIdleFrameCost; }

}  // namespace

Fabric::Fabric(const FabricSettings& settings, Wire& wire, Welcome welcome, Counters& counters,
               std::function<void()> wants_turn_end)
    : context_{.settings = settings,
               .wire = wire,
               .counters = counters,
               .wants_turn_end = std::move(wants_turn_end),
               .tells_events = welcome.loop == 0},
      streams_(context_, first_id(settings.first_stream_id, welcome)),
      post_(context_),
      claims_(context_),
      proof_(context_, streams_, post_, claims_),
      rebalancer_(context_, streams_, claims_, welcome.pairs.size()),
      placement_(context_, {streams_, post_, claims_, proof_, rebalancer_}),
      strangers_(context_),
      membership_(context_, {streams_, post_, claims_, proof_, placement_, strangers_, rebalancer_},
                  std::move(welcome)),
      traffic_(context_, streams_, post_, proof_) {}

BackendStream Fabric::open(const BackendRequest& request, ReplyTo reply_to) {
  return open_in(claims_.pool_of(request.head.authority(), request.head.path()), request, reply_to);
}

BackendStream Fabric::open_in(PoolId pool, const BackendRequest& request, ReplyTo reply_to) {
  FabricStream& stream = traffic_.open(request, reply_to);
  stream.pool = pool;
  placement_.gather(stream);
  return {this, stream.id};
}

PartState Fabric::state_in(PoolId pool) const {
  using Room = PartState::Room;
  PartState state = claims_.state(pool);
  if (!streams_.is_anybody_waiting(pool)) return state;
  if (state.room == Room::free) state.room = Room::full;
  if (state.room == Room::standby) state.room = Room::standby_full;
  return state;
}

Backend& Fabric::group(const std::string& name) {
  std::unique_ptr<FabricGroup>& group = groups_[name];
  if (!group) group = std::make_unique<FabricGroup>(*this, membership_, name, claims_.group(name));
  return *group;
}

std::set<PoolId> Fabric::pools_in_use() const {
  std::set<PoolId> pools;
  streams_.for_each([&](const FabricStream& stream) { pools.insert(stream.pool); });
  return pools;
}

Fabric::Presence Fabric::presence(std::string_view path) const {
  if (claims_.announcements().has(path)) return Presence::announced;
  return placement_.may_more_workers_come() ? Presence::expected : Presence::unknown;
}

// Lives as long as somebody has it.
std::shared_ptr<Backend> Fabric::backend_of(const std::string& path) {
  std::weak_ptr<FabricGroup>& known = circuits_[path];
  if (auto there = known.lock()) return there;
  std::shared_ptr<FabricGroup> made(new FabricGroup(*this, membership_, path, claims_.group(path)),
                                    [this, path](FabricGroup* group) {
                                      delete group;
                                      claims_.forget_group(path);
                                      circuits_.erase(path);
                                    });
  known = made;
  return made;
}

std::vector<MemberFacts> Fabric::members() const {
  return membership_.members([](const Worker&) { return true; });
}

// ---- messages

void Fabric::message(std::string_view instance, Bytes payload, ConnectionId connection) {
  ++context_.counters.messages_in;
  if (is_reserved(instance)) return strangers_.turn_away("its routing id is empty or begins with a zero byte");
  MessageReader reader(payload);
  std::size_t idle = payload.empty() ? kIdleFrameCost : 0;
  while (true) {
    const auto next = reader.next();
    if (!next) {
      membership_.drop(instance, ResetCode::frame_size_error, next.error().detail);
      idle += idle_cost(payload);
      break;
    }
    if (!next->has_value()) break;
    const Frame& one = **next;
    Worker* worker = context_.roster.find(instance);
    if (worker == nullptr && one.type != FrameType::hello) {
      membership_.ignore(instance);
      idle += idle_cost(payload);
      break;
    }
    if (worker != nullptr) worker->heard = context_.now;
    const std::uint64_t ignored = context_.counters.frames_ignored;
    const Result<> done = frame(worker, instance, one, connection);
    if (!done) {
      membership_.drop(instance, ResetCode::protocol_error, done.error().detail);
      break;
    }
    if (context_.counters.frames_ignored != ignored || !is_of_reply(one)) idle += idle_cost(one.payload);
  }
  if (idle > 0) membership_.talked_idly(instance, idle);
  // Only after the whole message: the claim of a stream may stand behind the pong.
  proof_.end_round_if_complete();
}

Result<> Fabric::frame(Worker* worker, std::string_view instance, const Frame& frame, ConnectionId connection) {
  switch (frame.type) {
    case FrameType::hello:
      membership_.hello(instance, frame, connection);
      return {};
    case FrameType::ping:
      return membership_.ping(*worker, frame);
    case FrameType::goaway:
      return membership_.goaway(*worker, frame);
    case FrameType::headers:
    case FrameType::data:
    case FrameType::rst_stream:
    case FrameType::window_update:
    case FrameType::message:
      return traffic_.frame(*worker, frame);
    case FrameType::welcome:
      break;
  }
  ++context_.counters.frames_ignored;
  return {};
}

void Fabric::too_many_parts(std::string_view instance) {
  ++context_.counters.messages_in;
  membership_.cut_sender(instance, "a message of more than two parts");
}

void Fabric::steer_came(ConnectionId connection, std::string_view address) {
  if (context_.roster.find_connection(connection) == nullptr) strangers_.came(connection, address);
}

void Fabric::key_refused(std::string_view address, std::string_view key) {
  strangers_.tell_of("deal or steer", address, "its public key " + shown(key) + " is not among --fabric-allow");
}

// ---- time

void Fabric::bound(Time now) {
  context_.now = now;
  placement_.bound();
}

void Fabric::turn_end(Time now) {
  context_.now = now;
  proof_.turn_end();
  placement_.turn_end();
  post_.send(membership_);
}

void Fabric::tick(Time now) {
  const bool is_first = last_tick_ == Time{};
  const auto since_last = now - std::exchange(last_tick_, now);
  context_.now = now;
  const Millis in_time = longest_tick() + std::min<Millis>(context_.settings.heartbeat_interval, kLostTime);
  if (!is_first && since_last >= in_time) lost_time(since_last);
  membership_.ping_quiet_workers();
  is_judgement_due_ = true;
  context_.wants_turn_end();
}

void Fabric::judge(Time now) {
  if (!std::exchange(is_judgement_due_, false)) return;
  context_.now = now;
  proof_.judge();
  placement_.expire();
  claims_.forget_old();
  realms_.forget_old(now, 2 * context_.settings.queue_timeout);
  membership_.judge();
  strangers_.cut_overdue();
  traffic_.tell_of_starved_streams();
  rebalancer_.look();
  proof_.forget_old();
}

// The process was stopped, or the machine was suspended. ZeroMQ's own thread has read nothing either: a worker that
// seems late may have answered long ago. So all times begin anew. A router that never ticks in time judges no worker to
// be late.
void Fabric::lost_time(std::chrono::nanoseconds lost) {
  log::info("the loop did not run for " + show_ms(lost) + ": nobody is judged by that time");
  context_.wire.lost_time(lost);
  membership_.lost_time();
  proof_.lost_time();
  strangers_.lost_time(lost);
  post_.lost_time(lost);
  claims_.lost_time(lost);
  realms_.lost_time(lost);
  streams_.lost_time(lost);
}

Millis Fabric::tick_interval() const {
  const bool is_soon = proof_.is_busy() || streams_.waiting() > 0 || rebalancer_.is_handing_over();
  return is_soon ? kShortTick : longest_tick();
}

Millis Fabric::longest_tick() const {
  return std::clamp<Millis>(context_.settings.heartbeat_interval, kShortTick, kLongTick);
}

}  // namespace zeroway
