#include "router/router_coordinator.h"

#include <unistd.h>

#include <array>
#include <random>
#include <utility>

#include "router/coordinator/table_change.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "router";
  return name.data();
}

// One whose back-off is over is tried again, but nobody knows yet that it is back.
bool is_healthy(const MemberFacts& member) { return member.state.starts_with("up"); }

WallTime wall_time_of(Time time, const WallClock& clock) {
  return clock.wall_now() - std::chrono::duration_cast<WallTime::duration>(clock.now() - time);
}

}  // namespace

Result<std::unique_ptr<RouterCoordinator>> RouterCoordinator::make(Parts parts, const AppProxySettings& said,
                                                                   const ManagementSettings& management) {
  auto secret = read_coordinator_secret(said.coordinator.secret_file);
  if (!secret) return secret.error();
  auto line = NetCoordinatorLine::make(parts.loop, said.coordinator, *secret);
  if (!line) return line.error();
  return std::unique_ptr<RouterCoordinator>(
      new RouterCoordinator(std::move(parts), said, management, std::move(*secret), std::move(*line)));
}

RouterCoordinator::RouterCoordinator(Parts parts, const AppProxySettings& said, const ManagementSettings& management,
                                     std::string secret, std::unique_ptr<NetCoordinatorLine> line)
    : parts_(std::move(parts)),
      said_(said),
      management_(management),
      secret_(std::move(secret)),
      line_(std::move(line)),
      client_(parts_.loop, *line_, router_facts(said, management, machine_name()),
              {.owner = kCoordinatorOwner, .heartbeat = said.coordinator.heartbeat, .seed = std::random_device()()},
              {.use = [this](std::vector<CircuitSpec> wanted) { use(std::move(wanted)); },
               .report = [this] { return report(); }}) {}

// Only what differs is put: a table is fetched again and again, and each record that is put is written to the disk.
void RouterCoordinator::use(std::vector<CircuitSpec> wanted) {
  TableChange difference = change_to(std::move(wanted), *parts_.circuits.list(), kCoordinatorOwner);
  if (difference.taken != taken_) {
    taken_ = std::move(difference.taken);
    for (const std::string& id : taken_)
      log::warning("coordinator: circuit " + id + " is not served as it says: somebody else has put one of this id");
  }
  difference.change.owner = kCoordinatorOwner;
  if (difference.is_empty()) return parts_.has_table();
  parts_.circuits.change(std::move(difference.change),
                         [this, is_alive = std::weak_ptr<bool>(is_alive_)](const Result<std::size_t>& changed) {
                           if (!is_alive.expired()) used(changed);
                         });
}

void RouterCoordinator::used(const Result<std::size_t>& changed) {
  const std::string line = changed ? "the coordinator changed " + std::to_string(*changed) + " circuits"
                                   : "the coordinator's circuits: " + changed.error().detail;
  if (changed) {
    log::info(line);
  } else {
    log::error(line);
  }
  tell_event(Event::Kind::change, kCoordinatorOwner, line);
  // One that is served but cannot be kept on disk is known all the same.
  if (changed || changed.error().code == Code::internal) parts_.has_table();
}

CoordinatorReport RouterCoordinator::report() const {
  CoordinatorReport report;
  const std::shared_ptr<const CircuitList> list = parts_.circuits.list();
  for (const auto& view : list->all) {
    const CircuitSpec& spec = view->spec();
    if (spec.owner != kCoordinatorOwner) continue;
    CircuitState& state = report.circuits.emplace_back();
    state.id = spec.id;
    if (const CircuitUse* use = view->use(); use != nullptr) {
      state.requests = use->requests();
      state.open = use->open();
      if (use->last() != Time{}) state.last_access = wall_time_of(use->last(), parts_.clock);
    }
    for (const MemberFacts& member : view->members(parts_.loop.now()))
      report.backends.push_back({spec.id, member.name, is_healthy(member)});
  }
  return report;
}

}  // namespace zeroway
