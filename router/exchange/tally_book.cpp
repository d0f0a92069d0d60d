#include "router/exchange/tally_book.h"

#include <utility>

#include "router/exchange/limits.h"

namespace zeroway {

PlanTallies TallyBook::tallies_of(const Plan& plan) {
  PlanTallies tallies;
  for (const Route& route : plan.routes)
    tallies.ways_[&route] = open({route.site != nullptr ? route.site->name : "", route.path, route.backend_name});
  for (const Site& site : plan.sites) tallies.ways_[&site] = open({site.name, "", ""});
  tallies.ways_[nullptr] = open({});
  return tallies;
}

std::shared_ptr<RequestTally> TallyBook::open(TallyName name) {
  if (const auto found = tallies_.find(name); found != tallies_.end()) return found->second;
  if (tallies_.size() >= kMostTallies) name = {"other", "other", "other"};
  auto& tally = tallies_[std::move(name)];
  if (!tally) tally = std::make_shared<RequestTally>();
  return tally;
}

}  // namespace zeroway
