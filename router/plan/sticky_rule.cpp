#include "router/plan/sticky_rule.h"

#include <chrono>

namespace zeroway {

namespace {

// RFC 6265 §4.1, draft-ietf-httpbis-rfc6265bis §4.1.2.7.
std::string attributes_of(const StickySettings& said) {
  std::string text = "; HttpOnly; SameSite=";
  text += said.same_site == SameSite::lax ? "Lax" : said.same_site == SameSite::strict ? "Strict" : "None";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(said.max_age).count();
  if (seconds > 0) text += "; Max-Age=" + std::to_string(seconds);
  return text;
}

}  // namespace

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
