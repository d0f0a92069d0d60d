#include "router/census_walk.h"

#include <utility>

#include "router/admin/limits.h"
#include "router/lane.h"

namespace zeroway {

bool CensusWalk::step() {
  switch (stage_) {
    case Stage::begin:
      gathered_ = lane_.begin_census(question_.scope);
      plan_ = lane_.plan().plan;
      stage_ = question_.scope == CensusScope::wamp ? Stage::wamp : Stage::workers;
      return true;
    case Stage::wamp:
      take_wamp();
      return true;
    case Stage::workers:
      take_workers();
      return true;
    case Stage::servers:
      take_servers();
      return true;
    case Stage::tallies:
      return take_tallies();
  }
  return false;
}

// One more than is asked for: so it is known that there are more.
void CensusWalk::take_wamp() {
  std::vector<OpenSession>& sessions = gathered_.sessions;
  const std::size_t most = question_.wamp.most + 1;
  std::vector<WampSessionFacts> slice = lane_.wamp().slice(last_client_, kWampClientsAtOnce);
  if (slice.empty() || sessions.size() >= most) {
    stage_ = Stage::workers;
    return;
  }
  last_client_ = slice.back().place;
  for (WampSessionFacts& facts : slice) {
    if (sessions.size() >= most || !question_.wamp.takes(facts, number_)) continue;
    auto request = lane_.open_request(facts.exchange);
    if (request) sessions.push_back({.request = std::move(*request), .facts = std::move(facts)});
  }
}

void CensusWalk::take_workers() {
  WorkerSlice slice = lane_.fabric().slice(last_worker_, kWorkersAtOnce);
  if (slice.members.empty()) {
    stage_ = Stage::servers;
    return;
  }
  last_worker_ = slice.last;
  for (MemberFacts& worker : slice.members) gathered_.members.push_back(std::move(worker));
}

// Workers are told already. After a reload the rest of the servers are those of the new plan: the next census has all.
void CensusWalk::take_servers() {
  const auto& backends = lane_.plan().backends;
  if (lane_.plan().plan != plan_ || next_backend_ >= backends.size()) {
    stage_ = Stage::tallies;
    return;
  }
  for (MemberFacts& member : backends[next_backend_++]->members())
    if (member.kind != MemberFacts::Kind::worker) gathered_.members.push_back(std::move(member));
}

bool CensusWalk::take_tallies() {
  const auto& all = lane_.tallies().all();
  auto next = last_tally_ ? all.upper_bound(*last_tally_) : all.begin();
  for (std::size_t count = 0; next != all.end() && count < kTalliesAtOnce; ++next, ++count) {
    gathered_.tallies.emplace_hint(gathered_.tallies.end(), next->first, *next->second);
    last_tally_ = next->first;
  }
  return next != all.end();
}

}  // namespace zeroway
