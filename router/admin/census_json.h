// A census as JSON, part by part, as the paths of /api/v1 have it.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which path gives what (admin/admin_pages.h), requests (admin/requests_json.h), what the plan says of limits
// (admin/plan_json.h), the description of all of it (admin/openapi.json).
#pragma once
#include <string>

#include "router/admin/census.h"

namespace zeroway {

[[nodiscard]] std::string health_json(const Census& census);
[[nodiscard]] std::string version_json(const Census& census);
// All traffic in one object: what a page or a terminal shows every second.
[[nodiscard]] std::string numbers_json(const Census& census);
[[nodiscard]] std::string listeners_json(const Census& census);
[[nodiscard]] std::string sites_json(const Census& census);
[[nodiscard]] std::string routes_json(const Census& census);
[[nodiscard]] std::string backends_json(const Census& census);
[[nodiscard]] std::string servers_json(const Census& census);
[[nodiscard]] std::string workers_json(const Census& census);
[[nodiscard]] std::string certificates_json(const Census& census);
[[nodiscard]] std::string counters_json(const Census& census);

}  // namespace zeroway
