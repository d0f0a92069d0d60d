#include "router/plan/sticky_rule.h"

#include <chrono>

namespace zeroway {

namespace {

// RFC 6265 §4.1.
std::string attributes_of(const StickySettings& said) {
  std::string text = "; HttpOnly; SameSite=";
  text += name_of(said.same_site);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(said.max_age).count();
  if (seconds > 0) text += "; Max-Age=" + std::to_string(seconds);
  return text;
}

}  // namespace

std::string_view name_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::lax:
      return "Lax";
    case SameSite::strict:
      return "Strict";
    case SameSite::none:
      break;
  }
  return "None";
}

std::optional<StickyRule> sticky_rule_of(const StickySettings& said) {
  switch (said.by) {
    case StickyBy::nothing:
      return std::nullopt;
    case StickyBy::cookie:
      return StickyRule{StickyRule::By::cookie, said.cookie, attributes_of(said), said.max_age.count() > 0};
    case StickyBy::address:
      return StickyRule{StickyRule::By::address, "", "", false};
    case StickyBy::field:
      return StickyRule{StickyRule::By::field, said.field, "", false};
  }
  return std::nullopt;
}

void make_sticky(PoolSpec& pool, const StickySettings& said) {
  if (said.by == StickyBy::address) pool.balance = BalanceMethod::ip_hash;
  if (said.by != StickyBy::field) return;
  pool.balance = BalanceMethod::hash;
  pool.hash_field = said.field;
}

}  // namespace zeroway
