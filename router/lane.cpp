#include "router/lane.h"

#include <algorithm>
#include <set>
#include <utility>

#include "router/admin/limits.h"
#include "router/plan/limits.h"

namespace zeroway {

namespace {

constexpr Millis kSweepInterval{100};     // deadlines of exchanges, lines of the access log, plans that ended
constexpr Millis kDrainLookInterval{20};  // whether the last client is gone

}  // namespace

Lane::Operators::Operators(Loop& loop, const ExchangeSettings& settings, const WallClock& clock, AccessJudge& judge)
    : exchanges(settings, counters, clock, &judge), admission(loop, limits, exchanges, counters) {
  limits.max_connections = kMostAdminConnections;
}

Lane::Lane(const Settings& settings, const MimeTypes& types, HashPool& hashes, Welcome welcome, Checks checks,
           Desk& desk, CircuitUses& uses, std::unique_ptr<Tracer> tracer)
    : loop_(settings.io_uring ? ManySends::Ring::if_there : ManySends::Ring::never),
      tracer_(std::move(tracer)),
      fabric_(loop_, settings.fabric, std::move(welcome), counters_),
      backends_(loop_, clock_, fabric_, types, desk, checks),
      circuits_(loop_, fabric_.circuits(), backends_.dialer(), settings.fabric.queue_timeout, checks),
      plan_(&circuits_, &uses),
      hashes_(loop_, hashes),
      exchanges_(settings.exchange, counters_, clock_, &access_, tracer_.get()),
      admission_(loop_, settings.edge.limits, exchanges_, counters_),
      operators_(loop_, settings.exchange, clock_, access_),
      sweep_(loop_, [this] { on_sweep(); }) {
  exchanges_.answer_challenges(challenges_);
  exchanges_.keep_requests(book_);
  exchanges_.keep_clients_by(seal_);
  exchanges_.give_permits_by(access_.permits());
  sweep_.set(kSweepInterval);
}

void Lane::on_sweep() {
  exchanges_.sweep(loop_.now());
  operators_.exchanges.sweep(loop_.now());
  plan_.sweep();
  circuits_.sweep();
  logs_.sweep(loop_.now());
  flush_spans();
  draining_.erase(
      std::remove_if(draining_.begin(), draining_.end(), [](const auto& door) { return door->is_drained(); }),
      draining_.end());
  sweep_.set(kSweepInterval);
}

void Lane::flush_spans() {
  if (tracer_) tracer_->flush();
}

// --- the plan

void Lane::use(std::shared_ptr<const Plan> plan, const SharedParts& parts, std::vector<DoorChange> doors) {
  if (!parts.cookie_key.empty()) {
    seal_.use(parts.cookie_key);
    access_.permits().use_own_key(parts.cookie_key);
  }
  if (parts.limits) access_.use(parts.limits);  // requests of earlier plans go on with those that are there
  auto backends = backends_.make(*plan, parts.pools, parts.cookies, plan_.is_empty() ? nullptr : &plan_.now());
  PlanTallies tallies = tallies_.tallies_of(*plan);
  plan_.use(std::move(plan), std::move(backends), logs_.of(parts.log_files), std::move(tallies));
  drain_other_doors(doors);
  for (DoorChange& change : doors) {
    if (const auto open = doors_.find(change.door); open != doors_.end()) {
      open->second->use(listener_of(change));
      if (change.tls) open->second->use_tls(*change.tls);
    } else {
      open_door(std::move(change));
    }
  }
}

void Lane::open_door(DoorChange change) {
  const DoorContext clients{loop_, admission_, exchanges_, counters_};
  const DoorContext operators{loop_, operators_.admission, operators_.exchanges, operators_.counters};
  const bool is_management = plan_.now().plan->listeners[change.listener].is_management;
  const DoorContext& context = is_management ? operators : clients;
  auto door = std::make_unique<FrontDoor>(context, listener_of(change));
  if (change.tls) {
    door->open_tls(std::move(change.socket), std::move(*change.tls));
  } else {
    door->open(std::move(change.socket));
  }
  doors_.emplace(change.door, std::move(door));
}

ListenerInUse Lane::listener_of(const DoorChange& change) {
  return plan_.listen(change.listener, change.circuit, change.language);
}

void Lane::drain_other_doors(const std::vector<DoorChange>& kept) {
  std::set<std::uint64_t> numbers;
  for (const DoorChange& change : kept) numbers.insert(change.door);
  std::vector<std::uint64_t> others;
  for (const auto& [door, open] : doors_)
    if (!numbers.contains(door)) others.push_back(door);
  for (const std::uint64_t door : others) drain_door(door);
}

void Lane::drain_door(std::uint64_t door) {
  const auto open = doors_.find(door);
  if (open == doors_.end()) return;
  open->second->drain();
  draining_.push_back(std::move(open->second));
  doors_.erase(open);
}

void Lane::use_tls(std::uint64_t door, const TlsTerms& terms) {
  const auto found = doors_.find(door);
  if (found == doors_.end()) return;
  found->second->use_tls(terms);
  for (const auto& [number, other] : doors_) {
    const ListenerInUse& listener = other->listener();
    if (listener.circuit.empty() || !listener.spec().is_tls) continue;
    if (listener.index == found->second->listener_index()) other->use_tls(terms);
  }
}

// --- ports of circuits

void Lane::open_port(DoorChange door, std::uint16_t port) {
  circuits_.use_port(door.circuit, port);
  open_door(std::move(door));
}

void Lane::close_port(const std::string& circuit, std::uint64_t door) {
  circuits_.use_port(circuit, 0);
  drain_door(door);
}

// --- the end

// Operators see the router until its last client is gone.
void Lane::drain(std::function<void()> drained) {
  for (const auto& backend : plan_.now().backends) backend->shut_down();
  for (const auto& entry : doors_)
    if (!entry.second->is_management()) entry.second->drain();
  when_drained_ = std::move(drained);
  drain_look_ = std::make_unique<Timer>(loop_, [this] { look(); });
  look();
}

void Lane::look() {
  if (is_drained()) return when_drained_();
  drain_look_->set(kDrainLookInterval);
}

bool Lane::is_drained() const {
  const auto is_over = [](const auto& entry) { return entry.second->is_management() || entry.second->is_drained(); };
  return std::all_of(doors_.begin(), doors_.end(), is_over) &&
         std::all_of(draining_.begin(), draining_.end(), [](const auto& door) { return door->is_drained(); });
}

void Lane::drop_all() {
  for (const auto& entry : doors_) entry.second->drop_all();
  for (const auto& door : draining_) door->drop_all();
}

std::vector<MemberFacts> Lane::members() const {
  std::vector<MemberFacts> all = fabric_.members();
  for (const auto& backend : plan_.now().backends) {
    std::vector<MemberFacts> more = backend->members();
    for (MemberFacts& member : more)
      if (member.kind != MemberFacts::Kind::worker) all.push_back(std::move(member));  // workers are named already
  }
  return all;
}

std::size_t Lane::change(const Change& change, std::size_t number) {
  return change.kind == Change::Kind::worker ? change_workers(change) : close_streams(change, number);
}

std::size_t Lane::change_workers(const Change& change) {
  std::size_t met = 0;
  for (const std::string& member : change.members) {
    std::size_t here = 0;
    if (change.to.held) here = fabric_.hold(member, *change.to.held);
    if (change.to.weight) here = fabric_.weigh(member, *change.to.weight);
    met += here;
  }
  return met;
}

std::size_t Lane::close_streams(const Change& change, std::size_t number) {
  if (change.kind == Change::Kind::close_stream)
    return change.loop == number && exchanges_.close(change.stream) ? 1 : 0;
  const std::string& member = change.members.front();
  return exchanges_.close_of(member) + backends_.wamp().close_of(member);
}

LaneCensus Lane::begin_census(CensusScope scope) {
  LaneCensus census;
  census.counters = counters_;
  for (const auto& backend : plan_.now().backends) census.ready.push_back(backend->is_ready());
  for (const auto& entry : doors_) {
    const FrontDoor& door = *entry.second;
    census.doors.push_back({door.listener_index(), door.accepted(), door.open_connections()});
  }
  census.coding = backends_.coded();
  census.wamp = backends_.wamp().counts;
  if (scope == CensusScope::requests) {
    census.failed = book_.failed();
    census.slow = book_.slow();
  }
  if (scope == CensusScope::streams) census.oldest = exchanges_.oldest(kMostStreamsTold, loop_.now());
  return census;
}

std::optional<OpenRequest> Lane::open_request(ExchangeKey key) { return exchanges_.open_request(key, loop_.now()); }

}  // namespace zeroway
