#include "router/plan/cors_rule.h"

#include <algorithm>

#include "router/plan/origin_rule.h"

namespace zeroway {

bool CorsRule::allows(const Head& request) const {
  const auto origin = request.find("origin");
  if (!origin || request.count("origin") > 1) return false;
  return takes_all || std::any_of(origins.begin(), origins.end(),
                                  [&](const std::string& one) { return matches_origin(one, *origin); });
}

bool is_preflight(const Head& request) {
  return request.method() == "OPTIONS" && request.has("origin") && request.has("access-control-request-method");
}

}  // namespace zeroway
