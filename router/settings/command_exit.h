// How a command for operators ends, as scripts see it.
//
// Owner: nobody; constants.   Thread: any.
// Not here: which answer of a router is which (router/console/judge.h).
#pragma once
#include <array>
#include <string_view>

namespace zeroway {

enum class ExitCode : int { fine = 0, refused = 1, usage = 2, unreachable = 3, token = 4, no_name = 5 };

inline constexpr std::array<std::string_view, 6> kExitMeanings = {
    "it is done, and the answer is good",
    "the router said no, or its answer is bad: it is not ready, or the request would fail",
    "the words of the command are wrong",
    "no router can be reached there",
    "the token is missing or wrong, or this address may not ask",
    "there is no worker, server or command of this name",
};

[[nodiscard]] constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

}  // namespace zeroway
