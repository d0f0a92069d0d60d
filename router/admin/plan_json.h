// What the operator's wishes are, as JSON: the limits of sites and routes, the configuration file, the log.
//
// Owner: nobody; pure functions over a census.   Thread: any.
// Not here: states and numbers (admin/census_json.h).
#pragma once
#include <string>

#include "router/admin/census.h"

namespace zeroway {

[[nodiscard]] std::string limits_json(const Census& census);
[[nodiscard]] std::string config_json(const Census& census);
[[nodiscard]] std::string log_json(const Census& census);
// "address", "field X-User", "claim sub".
[[nodiscard]] std::string key_text(const RateRule& rule);

}  // namespace zeroway
