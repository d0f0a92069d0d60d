// Reads the answers of the management API.
//
// Owner: nobody; pure functions.   Thread: any.
// A key that is missing or has another type counts as its default: routers of other versions say more or less. An
// answer that is no JSON, or has none of what was asked for, is an error. Only this room's .cpp includes nlohmann.
// Not here: asking (console/management_client.h), what the figures mean.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/console/figures.h"

namespace zeroway::console {

[[nodiscard]] Result<Numbers> read_numbers(std::string_view json);
[[nodiscard]] Result<std::vector<Member>> read_members(Member::Kind kind, std::string_view json);
[[nodiscard]] Result<std::vector<RouteFigures>> read_routes(std::string_view json);
[[nodiscard]] Result<RequestList> read_requests(std::string_view json);
[[nodiscard]] Result<WampList> read_wamp(std::string_view json);
[[nodiscard]] Result<Health> read_health(std::string_view json);
[[nodiscard]] Result<Version> read_version(std::string_view json);
[[nodiscard]] Result<Explanation> read_explanation(std::string_view json);
[[nodiscard]] Result<Event> read_event(std::string_view json);
// The "detail" of application/problem+json (RFC 9457); "" when `json` is none.
[[nodiscard]] std::string read_problem(std::string_view json);

}  // namespace zeroway::console
