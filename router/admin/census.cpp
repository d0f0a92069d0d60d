#include "router/admin/census.h"

#include <algorithm>
#include <utility>

#include "router/observe/report.h"

namespace zeroway {

namespace {

bool is_same(const MemberFacts& one, const MemberFacts& other) {
  return one.kind == other.kind && one.name == other.name && one.instance == other.instance && one.pool == other.pool &&
         one.address == other.address;
}

// A worker has a connection to each loop, with streams of its own. All loops share the pools of servers: only what a
// loop counts is summed.
void join(MemberFacts& known, const MemberFacts& more) {
  if (known.kind != MemberFacts::Kind::server) known.open += more.open;
  if (known.kind == MemberFacts::Kind::worker) known.capacity += more.capacity;
  known.taken += more.taken;
  known.failed += more.failed;
  known.connections += more.connections;
  known.idle_connections += more.idle_connections;
  if (!more.is_fit && known.is_fit) {
    known.is_fit = false;
    known.state = more.state;
  }
}

}  // namespace

void Census::add(LaneCensus&& lane) {
  zeroway::add(counters, lane.counters);
  for (auto& [name, tally] : lane.tallies) tallies[name].add(tally);
  std::map<std::string, std::size_t> places;  // else many workers of many loops would take a second
  const auto key = [](const MemberFacts& member) { return member.instance + '\n' + member.name + '\n' + member.pool; };
  for (std::size_t at = 0; at < members.size(); ++at) places.emplace(key(members[at]), at);
  for (MemberFacts& member : lane.members) {
    const auto found = places.find(key(member));
    const bool is_known = found != places.end() && is_same(members[found->second], member);
    if (is_known) {
      join(members[found->second], member);
    } else {
      places.emplace(key(member), members.size());
      members.push_back(std::move(member));
    }
  }
  ready.resize(std::max(ready.size(), lane.ready.size()));
  for (std::size_t at = 0; at < lane.ready.size(); ++at) ready[at] = ready[at] || lane.ready[at];
}

bool Census::is_ready(std::string* why) const {
  std::string reason;
  if (is_draining) reason = "draining";
  for (const Site& site : plan->sites) {
    for (const std::size_t backend : site.required) {
      if (!reason.empty() || (backend < ready.size() && ready[backend])) continue;
      reason = "site " + site.name + ": nobody can answer one of its routes";
    }
  }
  // Without a file, or with sites that only workers serve, the router is of use once there is somebody.
  bool has_any = false;
  for (std::size_t at = 0; at < ready.size(); ++at)
    has_any = has_any || (ready[at] && !std::holds_alternative<AdminSpec>(plan->backends[at]));
  if (reason.empty() && !has_any) reason = "no backend is there";
  if (why != nullptr) *why = reason;
  return reason.empty();
}

}  // namespace zeroway
