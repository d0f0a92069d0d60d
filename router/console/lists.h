// The pages of `router top`, and the tables of the other commands: which figures stand in which column.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: where columns stand (console/grid.h), the figures (console/figures.h).
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "router/console/figures.h"
#include "router/console/grid.h"
#include "router/console/top_data.h"

namespace zeroway::console {

[[nodiscard]] const char* title_of(Page page);
[[nodiscard]] List list_of(const TopData& data, Page page);

// All that is known of one row of a page, as names and printable values; empty when it is no longer there.
using Facts = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Facts facts_of(const TopData& data, Page page, const std::string& key);
// The worker or server of this key; null when it is no longer there.
[[nodiscard]] const Member* member_of(const TopData& data, const std::string& key);

[[nodiscard]] List workers_list(const std::vector<Member>& workers);
[[nodiscard]] List servers_list(const std::vector<Member>& servers);
[[nodiscard]] List requests_list(const std::vector<RequestRecord>& requests);
[[nodiscard]] List sessions_list(const std::vector<WampFigures>& sessions);
[[nodiscard]] List steps_list(const std::vector<Explanation::Step>& steps);
[[nodiscard]] List candidates_list(const std::vector<Explanation::Candidate>& members);

}  // namespace zeroway::console
