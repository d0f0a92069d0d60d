// What a backend of the plan is, in words.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: its members (router/exchange/member_facts.h).
#pragma once
#include <string>
#include <string_view>

#include "router/plan/plan.h"

namespace zeroway {

// The backend behind the coder, which is a backend of its own in the plan.
[[nodiscard]] BackendSpec inner_of(const BackendSpec& spec);
// Of what is behind the coder: "workers", "servers", "files", "mixed", "admin", "page".
[[nodiscard]] std::string_view kind_of(const BackendSpec& spec);
// "fabric", "fabric:GROUP", a pool's name, a folder; "" = it has none.
[[nodiscard]] std::string name_of(const BackendSpec& spec);

}  // namespace zeroway
