// Requests as JSON: those that are open, and those that failed or were slow.
//
// Owner: nobody; pure functions over a census.   Thread: any.
// Not here: keeping them (observe/request_book.h).
#pragma once
#include <cstddef>
#include <string>

#include "router/admin/census.h"

namespace zeroway {

// What the API calls an open request of a loop.
[[nodiscard]] std::string stream_id(std::size_t loop, ExchangeKey key);
// Of CensusScope::requests: at most so many of each.
[[nodiscard]] std::string requests_json(const Census& census, std::size_t failed, std::size_t slow);
// Of CensusScope::streams.
[[nodiscard]] std::string streams_json(const Census& census);

}  // namespace zeroway
