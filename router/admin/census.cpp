#include "router/admin/census.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "router/observe/report.h"

namespace zeroway {

namespace {

// What makes two loops' members the same one. A worker has an instance for each of its connections: it is known by its
// process.
std::string key_of(const MemberFacts& member) {
  std::string key = std::string(to_text(member.kind)) + "\n" + std::to_string(member.pid);
  for (const std::string* part : {&member.name, &member.pool, &member.address}) key.append("\n").append(*part);
  return key;
}

// Makes the keys of one list. Two workers of one loop are never one: containers share process numbers.
class MemberKeys {
 public:
  [[nodiscard]] std::string next(const MemberFacts& member) {
    std::string key = key_of(member);
    if (member.kind != MemberFacts::Kind::worker) return key;
    return key + "\n" + std::to_string(seen_[key]++);
  }

 private:
  std::map<std::string, int> seen_;
};

void add_door(std::vector<ListenerFacts>& listeners, const DoorFacts& door) {
  for (ListenerFacts& listener : listeners) {
    if (listener.index != door.listener) continue;
    listener.accepted += door.accepted;
    listener.open += door.open;
  }
}

template <class T>
void move_to(std::vector<T>& all, std::vector<T>&& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// A worker has a connection to each loop, with streams of its own. All loops share the pools of servers: only what a
// loop counts is summed.
void join(MemberFacts& known, const MemberFacts& more) {
  if (known.kind != MemberFacts::Kind::server) known.open += more.open;
  if (known.kind == MemberFacts::Kind::worker) {
    known.capacity += more.capacity;
    known.other_instances.push_back(more.instance);
  }
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

void Census::add(LaneCensus&& lane, std::size_t loop) {
  zeroway::add(counters, lane.counters);
  for (auto& [name, tally] : lane.tallies) tallies[name].add(tally);
  std::map<std::string, std::size_t> places;  // else many workers of many loops would take a second
  MemberKeys known, more;
  for (std::size_t at = 0; at < members.size(); ++at) places.emplace(known.next(members[at]), at);
  for (MemberFacts& member : lane.members) {
    const auto [place, is_new] = places.emplace(more.next(member), members.size());
    if (is_new) {
      members.push_back(std::move(member));
    } else {
      join(members[place->second], member);
    }
  }
  for (const DoorFacts& door : lane.doors) add_door(listeners, door);
  coding.add(lane.coding);
  wamp.add(lane.wamp);
  move_to(failed, std::move(lane.failed));
  move_to(slow, std::move(lane.slow));
  for (OpenRequest& request : lane.oldest) oldest.push_back({loop, std::move(request)});
  for (OpenSession& session : lane.sessions) session.loop = loop;
  move_to(sessions, std::move(lane.sessions));
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

const std::vector<std::shared_ptr<const CircuitView>>& named_circuits(const Census& census) {
  static const std::vector<std::shared_ptr<const CircuitView>> kNone;
  return census.circuits == nullptr ? kNone : census.circuits->all;
}

}  // namespace zeroway
