// Is the table of workers even? Only an even table that is also settled lets the router deal streams blindly.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: which peers the deal connections belong to (router/fabric/settling.h), what happens when the table is not
// even (router/fabric/placement.h steers then).
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "router/fabric/roster.h"
#include "router/settings/settings.h"

namespace zeroway {

// Why the table is not even, for the log; empty when the table is even. `deal_connections`: peers of the deal socket.
[[nodiscard]] std::string_view why_uneven(Balance balance, const std::vector<Worker*>& open_pool,
                                          std::size_t deal_connections, Time now);

// How many of the `unaccepted` dealt streams each worker has: streams are dealt to the workers in turn.
[[nodiscard]] std::size_t dealt_share(std::size_t unaccepted, std::size_t workers);

// Whether each worker has room for its share of the `unaccepted` streams and one more.
[[nodiscard]] bool all_have_room(const std::vector<Worker*>& open_pool, std::size_t unaccepted);

}  // namespace zeroway
