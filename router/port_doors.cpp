#include "router/port_doors.h"

#include <utility>

#include "router/lane_sockets.h"
#include "router/net/limits.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

constexpr Millis kTryAgain{1'000};  // whether a port has become free
// Doors of the plan's listeners are numbered from 1 on.
constexpr std::uint64_t kFirstPortDoor = std::uint64_t{1} << 63;

Language language_of(const CircuitSpec& spec) {
  return spec.protocol == CircuitSpec::Protocol::tcp ? Language::tcp : Language::http;
}

}  // namespace

PortDoors::PortDoors(std::vector<std::unique_ptr<Lane>>& lanes, PortUsers users)
    : lanes_(lanes),
      source_(lanes.front()->fabric().circuits()),
      users_(std::move(users)),
      last_door_(kFirstPortDoor),
      again_(lanes.front()->loop(), [this] { try_again(); }) {
  source_.watch(*this);
}

// --- the plan

// Lanes drain the doors that doors() does not name any more.
void PortDoors::use(std::shared_ptr<const Plan> plan) {
  const bool had_any = table_.has_value();
  const bool is_same = had_any && plan->circuit_ports && plan->circuit_ports->is_same_place(ports());
  plan_ = std::move(plan);
  if (is_same) return;
  for (auto& [path, circuit] : circuits_) circuit.door = 0;
  missing_.clear();
  table_.reset();
  if (plan_->circuit_ports) table_.emplace(ports().range);
}

std::vector<DoorChange> PortDoors::doors() const {
  std::vector<DoorChange> doors;
  for (const auto& [path, circuit] : circuits_)
    if (circuit.door != 0) doors.push_back(change_of(path, circuit));
  return doors;
}

void PortDoors::open_all() {
  std::vector<std::string> paths;
  for (const auto& [path, circuit] : circuits_) paths.push_back(path);
  for (const std::string& path : paths) settle(path);
}

// --- circuits

void PortDoors::update(const CircuitUpdate& update) {
  for (const auto& changed : update) {
    Circuit& circuit = circuits_[changed->path];
    circuit.named.reset();
    circuit.asked = 0;
    if (changed->spec != nullptr) {
      circuit.named = language_of(*changed->spec);
      circuit.asked = changed->spec->port;
    }
    settle(changed->path);
  }
}

void PortDoors::circuit_changed(const std::string& path) {
  if (changed_.empty()) lanes_.front()->loop().post([this] { look(); });
  changed_.insert(path);
}

void PortDoors::look() {
  for (const std::string& path : std::exchange(changed_, {})) {
    Circuit& circuit = circuits_[path];
    circuit.announced.reset();
    if (source_.presence(path) == CircuitSource::Presence::announced)
      circuit.announced = source_.is_tcp(path) ? Language::tcp : Language::http;
    settle(path);
  }
}

// Gives the circuit what it wants now.
void PortDoors::settle(const std::string& path) {
  const auto found = circuits_.find(path);
  Circuit& circuit = found->second;
  if (!is_right(path, circuit)) {
    close(path, circuit);
    missing_.erase(path);
    // Where one has found no port, another one finds none either, for now.
    const bool may_try = missing_.empty() || circuit.asked != 0;
    if (circuit.is_wanted() && !(may_try && open(path, circuit))) miss(path, circuit);
  }
  if (circuit.is_wanted()) return;
  missing_.erase(path);
  circuits_.erase(path);
}

bool PortDoors::is_right(const std::string& path, const Circuit& circuit) const {
  if (!table_ || is_draining_) return true;
  if (!circuit.is_wanted()) return circuit.door == 0;
  if (circuit.door == 0) return false;
  const bool is_right_port = circuit.asked == 0 || circuit.asked == table_->port_of(path);
  return is_right_port && circuit.language == circuit.speaks();
}

void PortDoors::try_again() {
  bool is_full = false;
  for (const std::string& path : std::set<std::string>(missing_)) {
    Circuit& circuit = circuits_.find(path)->second;
    if (is_draining_ || (is_full && circuit.asked == 0)) continue;
    if (open(path, circuit)) {
      missing_.erase(path);
    } else if (circuit.asked == 0) {
      is_full = true;
    }
  }
  if (!missing_.empty() && !is_draining_) again_.set(kTryAgain);
}

// --- doors

bool PortDoors::open(const std::string& path, Circuit& circuit) {
  LaneSockets sockets;
  const std::uint16_t port = table_->take(path, circuit.asked, [&](std::uint16_t one) {
    auto bound = bind_for_lanes(ports().http.address, one, lanes_.size());
    if (bound) sockets = std::move(*bound);
    return bool(bound);
  });
  if (port == 0) return false;
  circuit.door = ++last_door_;
  circuit.language = circuit.speaks();
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    auto change = std::make_shared<DoorChange>(change_of(path, circuit));
    change->socket = std::move(sockets.all[lane]);
    users_.on_lane(*lanes_[lane], [change, port, to = lanes_[lane].get()] { to->open_port(std::move(*change), port); });
  }
  log::debug("circuit " + path + " has port " + std::to_string(port));
  return true;
}

void PortDoors::close(const std::string& path, Circuit& circuit) {
  table_->give_back(path);
  const std::uint64_t door = std::exchange(circuit.door, 0);
  if (door == 0) return;
  for (const auto& lane : lanes_) users_.on_lane(*lane, [path, door, to = lane.get()] { to->close_port(path, door); });
}

// The circuit is served by its path all the same.
void PortDoors::miss(const std::string& path, const Circuit& circuit) {
  missing_.insert(path);
  again_.set(kTryAgain);
  const Time now = lanes_.front()->loop().now();
  if (now < told_until_) return;
  told_until_ = now + kTellAgain;
  const std::string line = "circuit " + path + " has no port: " +
                           (circuit.asked != 0 ? "port " + std::to_string(circuit.asked) + " is taken"
                                               : "none of " + to_text(ports().range) + " is free") +
                           "; it is served by its path alone (told once a minute)";
  log::warning(line);
  tell_event(Event::Kind::change, path, line);
}

DoorChange PortDoors::change_of(const std::string& path, const Circuit& circuit) const {
  DoorChange change{
      .door = circuit.door, .listener = ports().listener, .circuit = path, .language = circuit.language, .socket = {}};
  if (ports().of(circuit.language).is_tls) change.tls = users_.tls(ports().listener);
  return change;
}

// --- for operators

Result<> PortDoors::check(const CircuitChange& change) const {
  const auto wrong = [](const CircuitSpec& spec, const std::string& why) {
    return Error{Fault::client, Code::bad_request, false,
                 "circuit " + spec.id + ": port = " + std::to_string(spec.port) + ": " + why};
  };
  for (const CircuitSpec& spec : change.put) {
    if (spec.port == 0) continue;
    if (!table_) return wrong(spec, "the router gives no ports: wants sessions.ports");
    if (!table_->range().contains(spec.port)) return wrong(spec, "wants one of " + to_text(table_->range()));
    const std::string& other = table_->path_of(spec.port);
    if (!other.empty() && other != spec.path()) return wrong(spec, other + " has it");
  }
  return {};
}

PortCounts PortDoors::counts() const {
  if (!table_) return {};
  return {table_->range().size(), table_->used(), missing_.size()};
}

std::map<std::string, std::uint16_t> PortDoors::all() const {
  std::map<std::string, std::uint16_t> ports;
  for (const auto& [path, circuit] : circuits_)
    if (circuit.door != 0) ports[path] = table_->port_of(path);
  return ports;
}

}  // namespace zeroway
