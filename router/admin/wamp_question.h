// What is asked of GET /api/v1/wamp: which clients, how many, and behind which one.
//
//     ?realm=realm1&authid=joe&worker=wamp-1&limit=100&after=PLACE      each of them may be left out
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: the answer (admin/wamp_json.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/observe/wamp_choice.h"

namespace zeroway {

// The error names the parameter, its value and what fits.
[[nodiscard]] Result<WampChoice> read_wamp_choice(std::string_view query);
// As `after` takes it. It means something to the router that has made it, until that ends.
[[nodiscard]] std::string to_text(const WampPlace& place);

}  // namespace zeroway
