// The tallies of one loop: what is counted outlives plans, so that no counter falls when the file is read again.
//
// Owner: the loop's lane.   Thread: that loop.
// Names are bounded: after kMostTallies all further ways are counted as one, named "other".
// Not here: counting (exchange/exchange.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>

#include "router/observe/request_tally.h"
#include "router/plan/plan.h"

namespace zeroway {

// Where the requests of one plan are counted.
class PlanTallies {
 public:
  // `site` and `route`: null = none. Null: nothing is counted, the plan has no tallies.
  [[nodiscard]] RequestTally* find(const Site* site, const Route* route) const {
    const auto found = ways_.find(route != nullptr ? static_cast<const void*>(route) : site);
    return found == ways_.end() ? nullptr : found->second.get();
  }

 private:
  friend class TallyBook;
  boost::unordered_flat_map<const void*, std::shared_ptr<RequestTally>> ways_;  // by route, by site, and of no site
};

class TallyBook {
 public:
  // Good as long as `plan`.
  [[nodiscard]] PlanTallies tallies_of(const Plan& plan);
  [[nodiscard]] const std::map<TallyName, std::shared_ptr<RequestTally>>& all() const { return tallies_; }

 private:
  [[nodiscard]] std::shared_ptr<RequestTally> open(TallyName name);

  std::map<TallyName, std::shared_ptr<RequestTally>> tallies_;
};

}  // namespace zeroway
