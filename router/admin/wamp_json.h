// The clients of WAMP that are connected, and their sessions, as JSON.
//
// Owner: nobody; pure functions over a census.   Thread: any.
// Not here: totals (admin/metrics_text.h), the same clients as open requests (admin/requests_json.h).
#pragma once
#include <cstddef>
#include <string>

#include "router/admin/census.h"

namespace zeroway {

// Of CensusScope::wamp: at most `most` of them.
[[nodiscard]] std::string wamp_json(const Census& census, std::size_t most);

}  // namespace zeroway
