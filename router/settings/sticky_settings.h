// By what the requests of one client go to the same member of a pool.
//
// Owner: settings; a value.   Thread: any.
// Not here: what it means for a request (router/plan/sticky_rule.h).
#pragma once
#include <cstdint>
#include <string>

#include "router/settings/web_socket_settings.h"

namespace zeroway {

enum class StickyBy : std::uint8_t { nothing, cookie, address, field };
enum class SameSite : std::uint8_t { lax, strict, none };

struct StickySettings {
  StickyBy by = StickyBy::nothing;
  std::string field;  // with StickyBy::field: the request's, in lower case
  // With StickyBy::cookie.
  std::string cookie = "ZRAFF";
  Millis max_age{0};  // 0 = until the browser ends
  SameSite same_site = SameSite::lax;

  bool operator==(const StickySettings&) const = default;
};

}  // namespace zeroway
