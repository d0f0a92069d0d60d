// Who of a backend would get a request now: its workers by their claims, its servers by their health.
//
// Owner: nobody; pure functions over a census.   Thread: any.
// Not here: the steps before (admin/explain.h).
#pragma once
#include <string_view>

#include "router/admin/explain.h"
#include "router/route/route_table.h"

namespace zeroway {

// The claims of the workers that are here, as the fabric has them.
class ClaimsOfCensus final : public ClaimLookup {
 public:
  explicit ClaimsOfCensus(const Census& census);

  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t backend, std::string_view host,
                                                   std::string_view path) const override;
  [[nodiscard]] PoolId pool_of(std::string_view host, std::string_view path) const { return table_.match(host, path); }
  // Whether the worker is in the pool. `index`: in Census::members.
  [[nodiscard]] bool has(PoolId pool, std::size_t index) const;
  [[nodiscard]] bool is_claimed(PoolId pool) const { return !table_.members(pool).empty(); }

 private:
  const Plan& plan_;
  RouteTable table_;
};

// Adds the members of the route's backend to the explanation, a step, and the error when nobody of them can answer.
void explain_members(const Census& census, const ClaimsOfCensus& claims, std::string_view host, std::string_view path,
                     Explanation& out);

}  // namespace zeroway
