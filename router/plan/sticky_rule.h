// How the requests of one client go to the same member of a route's backend.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: what a request says of it, and the cookie of its reply (router/exchange/stickiness.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/plan/pool_spec.h"
#include "router/settings/sticky_settings.h"

namespace zeroway {

struct StickyRule {
  enum class By : std::uint8_t { cookie, address, field };

  By by = By::cookie;
  std::string name;         // of the cookie; of the request's field, in lower case
  std::string attributes;   // of the cookie, behind its Path: "; HttpOnly; SameSite=Lax"
  bool is_renewed = false;  // by each reply: the cookie ends after a time

  bool operator==(const StickyRule&) const = default;
};

// The value of the attribute SameSite (draft-ietf-httpbis-rfc6265bis §4.1.2.7).
[[nodiscard]] std::string_view name_of(SameSite same_site);
// Nothing where any member may have any request.
[[nodiscard]] std::optional<StickyRule> sticky_rule_of(const StickySettings& said);
// A pool of servers goes by the same address or field.
void make_sticky(PoolSpec& pool, const StickySettings& said);

}  // namespace zeroway
