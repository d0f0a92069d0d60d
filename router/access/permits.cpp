#include "router/access/permits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "router/access/authorization.h"
#include "router/access/challenge.h"
#include "router/access/jwt_claims.h"
#include "router/access/limits.h"
#include "router/access/permit.h"
#include "router/exchange/cookies.h"
#include "router/plan/cors_rule.h"
#include "router/plan/route.h"

namespace zeroway {

namespace {

Error refused(std::string why) { return {Fault::client, Code::unauthorized, false, std::move(why)}; }

// As clients of Backend.AI write it, too.
std::optional<std::string_view> token_in(const std::optional<Authorization>& authorization) {
  if (!authorization) return std::nullopt;
  if (authorization->scheme != "bearer" && authorization->scheme != "backendai") return std::nullopt;
  return authorization->credentials;
}

std::string_view text_of(const Node& claims, std::string_view name) {
  const Node* const claim = claims.find(name);
  return claim != nullptr && claim->kind == Node::Kind::text ? std::string_view(claim->text) : std::string_view();
}

bool names(const Node& claims, const std::string& circuit) {
  return text_of(claims, "id") == circuit || text_of(claims, "circuit") == circuit;
}

// The path of the cookie must be the one that it was set with.
std::string cleared_cookie(const AccessQuestion& question) {
  const bool has_path = question.route != nullptr && !question.route->path.empty();
  std::string cookie(kPermitCookie);
  cookie.append("=; Path=").append(has_path ? question.route->path : "/");
  return cookie.append("; Max-Age=0").append(question.guard->rule->attributes);
}

}  // namespace

void Permits::use(Secrets secrets) {
  secrets_.use(std::move(secrets));
  tokens_.clear();
  seals_.clear();
}

// The same file may be the key of sticky sessions: their texts are no permits.
void Permits::use_key(StickySeal& seal, std::string_view key) { seal.use(std::string("permits\n").append(key)); }

std::chrono::seconds Permits::now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(clock_.wall_now().time_since_epoch());
}

// A key that is not known opens nothing.
StickySeal& Permits::seal_of(const PermitRule& rule) {
  if (!rule.key) return own_seal_;
  const Secret* const secret = secrets_.find(*rule.key);
  const auto [found, is_new] = seals_.try_emplace(secret);
  if (is_new && secret != nullptr) use_key(found->second, std::get<CookieKey>(*secret).bytes);
  return found->second;
}

Verdict Permits::judge(const AccessQuestion& question) {
  const CircuitGuard& guard = *question.guard;
  if (auto error = judge_address(guard, question.address)) return Verdict::refusal(std::move(*error));
  if (guard.is_open() || is_preflight(question.head)) return {};
  const auto authorization = read_authorization(question.head);
  if (!authorization) return Verdict::refusal(authorization.error());
  const auto token = token_in(*authorization);
  Verdict verdict = token ? judge_token(*token, guard)
                          : challenge(Code::unauthorized, bearer_challenge("", "", ""), "no token and no permit");
  const Found permit = find_permit(question.head, guard);
  if (permit == Found::right) {
    verdict.way = Verdict::Way::pass;
    verdict.error = {};
    verdict.reply = {};
    verdict.user = guard.rights.user;
  }
  if (permit == Found::wrong && verdict.way == Verdict::Way::refuse)
    verdict.reply.add("set-cookie", cleared_cookie(question));
  return verdict;
}

// A token that is good here is taken out of the request, whatever the request passes by.
Verdict Permits::judge_token(std::string_view token, const CircuitGuard& guard) {
  const auto wrong = [](std::string why) {
    return challenge(Code::unauthorized, bearer_challenge("", "invalid_token", ""), std::move(why));
  };
  const auto claims = claims_of(token, *guard.rule);
  if (!claims) return wrong(claims.error().detail);
  const bool is_for_it = names(**claims, guard.name());
  Verdict verdict = is_for_it ? Verdict() : wrong("the token is not for " + guard.name());
  const Node* const subject = (*claims)->find("sub");
  if (subject != nullptr) verdict.user = field_of(*subject).value_or("");
  if (!guard.rule->forwards_token) verdict.request.remove_alike("authorization");
  return verdict;
}

Permits::Found Permits::find_permit(const Head& head, const CircuitGuard& guard) {
  Found found = Found::nothing;
  std::size_t read = 0;
  for (const std::string_view value : cookies_of(head, kPermitCookie)) {
    if (++read > kMostPermitCookies) break;
    const auto text = seal_of(*guard.rule).open(value);
    const auto permit = text ? read_permit(*text) : std::nullopt;
    const bool is_good = permit && permit->until > now();
    if (is_good && is_for(*permit, guard)) return Found::right;
    if (!is_good) found = Found::wrong;
  }
  return found;
}

Result<const Node*> Permits::claims_of(std::string_view token, const PermitRule& rule) {
  if (!rule.tokens) return refused("a token, on a site without jwt_secret_file");
  const Secret* const secret = secrets_.find(*rule.tokens);
  if (secret == nullptr) return refused(rule.tokens->file + " belongs to a configuration that is gone");
  const auto claims = tokens_.claims_of(token, std::get<JwtKeys>(*secret));
  if (!claims) return claims;
  JwtRule times;
  times.leeway = kTokenLeeway;
  if (auto checked = check_claims(**claims, times, clock_.wall_now().time_since_epoch()); !checked)
    return checked.error();
  return claims;
}

Result<PermitTicket> Permits::read(std::string_view token, const PermitRule& rule) {
  const auto claims = claims_of(token, rule);
  if (!claims) return refused(claims.error().detail);
  std::string_view circuit = text_of(**claims, "circuit");
  if (circuit.empty()) circuit = text_of(**claims, "id");
  if (circuit.empty()) return refused("the token names no service: it has neither circuit nor id");
  // Who has a token for an hour does not get more than an hour by it.
  const Seconds longest = now() + rule.lifetime;
  const Seconds end = std::min(longest, expiry_of(**claims).value_or(longest));
  const auto until = std::chrono::duration_cast<std::chrono::seconds>(end);
  if (until <= now()) return refused("the token has expired");  // but for the leeway
  return PermitTicket{std::string(circuit), until};
}

std::string Permits::permit(const CircuitGuard& guard, std::chrono::seconds until) {
  return seal_of(*guard.rule).seal(write_permit(permit_for(guard, until)));
}

}  // namespace zeroway
