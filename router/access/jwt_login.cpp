#include "router/access/jwt_login.h"

#include <utility>

#include "router/access/authorization.h"
#include "router/access/challenge.h"
#include "router/access/token_place.h"

namespace zeroway {

namespace {

// What the backend must not get from the client, whatever the verdict's fields are.
void protect(const JwtRule& rule, FieldEdits& edits) {
  for (const JwtRule::Told& told : rule.told) edits.remove_alike(told.field);
  if (!rule.strips_token) return;
  edits.remove_alike("authorization");
  if (!rule.cookie.empty()) edits.remove_cookie(rule.cookie);
  if (!rule.query.empty()) edits.remove_parameter(rule.query);
}

Verdict wrong_token(const JwtRule& rule, std::string why) {
  return challenge(Code::unauthorized, bearer_challenge(rule.realm, "invalid_token", ""), std::move(why));
}

Verdict wrong_claim(const JwtRule& rule, const JwtRule::Wanted& wanted) {
  const bool is_scope = wanted.claim == "scope" || wanted.claim == "scp";
  return challenge(Code::denied,
                   bearer_challenge(rule.realm, "insufficient_scope", is_scope ? wanted.values.front() : ""),
                   "the token's " + wanted.claim + " is not as wanted");
}

// The backend's fields. A claim that makes no field refuses the token: the backend would miss it.
Verdict pass(const JwtRule& rule, const Node& claims) {
  Verdict verdict;
  protect(rule, verdict.request);
  for (const JwtRule::Told& told : rule.told) {
    const Node* claim = find_claim(claims, told.claim);
    if (claim == nullptr) continue;
    const auto value = field_of(*claim);
    if (!value) return wrong_token(rule, "the token's " + told.claim + " makes no field");
    verdict.request.set(told.field, *value);
  }
  const Node* subject = claims.find("sub");
  if (subject != nullptr) verdict.user = field_of(*subject).value_or("");
  return verdict;
}

}  // namespace

Result<std::optional<std::string_view>> find_token(const Head& head, const JwtRule& rule) {
  const auto authorization = read_authorization(head);
  if (!authorization) return authorization.error();
  if (*authorization && (*authorization)->scheme == "bearer") return std::optional((*authorization)->credentials);
  if (!rule.cookie.empty()) {
    auto found = find_cookie(head, rule.cookie);
    if (!found || *found) return found;
  }
  if (!rule.query.empty()) return find_parameter(head.path(), rule.query);
  return std::optional<std::string_view>();
}

Verdict JwtLogin::judge(const AccessQuestion& question, const JwtRule& rule, const JwtKeys& keys) {
  const auto token = find_token(question.head, rule);
  if (!token && token.error().code == Code::bad_request) return Verdict::refusal(token.error());
  if (!token) return wrong_token(rule, token.error().detail);
  if (!*token && rule.is_optional) {
    Verdict verdict;
    protect(rule, verdict.request);
    return verdict;
  }
  if (!*token) return challenge(Code::unauthorized, bearer_challenge(rule.realm, "", ""), "no token");
  const auto claims = tokens_.claims_of(**token, keys);
  if (!claims) return wrong_token(rule, claims.error().detail);
  const Seconds now = clock_.wall_now().time_since_epoch();
  if (auto checked = check_claims(**claims, rule, now); !checked) return wrong_token(rule, checked.error().detail);
  if (const JwtRule::Wanted* missing = missing_claim(**claims, rule)) return wrong_claim(rule, *missing);
  return pass(rule, **claims);
}

std::string JwtLogin::claim_of(const Head& head, const JwtRule& rule, const JwtKeys& keys, std::string_view claim) {
  const auto token = find_token(head, rule);
  if (!token || !*token) return {};
  const auto claims = tokens_.claims_of(**token, keys);  // remembered
  const Node* const found = claims ? find_claim(**claims, claim) : nullptr;
  return found == nullptr ? std::string() : field_of(*found).value_or("");
}

}  // namespace zeroway
