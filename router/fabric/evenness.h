// Is the table even? Only then may streams be dealt blindly, once it is settled too.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: who the deal connections are (router/fabric/settling.h), what happens when it is not even
// (router/fabric/fabric.h steers then).
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "router/fabric/roster.h"
#include "router/settings/settings.h"

namespace zeroway {

// Why the table is not even, for the log; empty when it is. `deal_connections`: peers of the deal socket.
[[nodiscard]] std::string_view why_uneven(Balance balance, const std::vector<Worker*>& open_pool,
                                          std::size_t deal_connections, Time now);

// How many of `unaccepted` dealt streams one of the workers has: they are dealt in turn.
[[nodiscard]] std::size_t dealt_share(std::size_t unaccepted, std::size_t workers);

// Whether each of them has room for its share of the `unaccepted` streams and one more.
[[nodiscard]] bool all_have_room(const std::vector<Worker*>& open_pool, std::size_t unaccepted);

}  // namespace zeroway
