#include "router/access/access_gate.h"

#include <cassert>
#include <utility>

#include "router/access/client_key.h"
#include "router/access/cors.h"
#include "router/access/rate_reply.h"
#include "router/plan/route_demands.h"

namespace zeroway {

namespace {

Error refused(Code code, std::string detail) { return {Fault::client, code, false, std::move(detail)}; }

class OpenPlaces final : public Held {
 public:
  OpenTable::Place of_all, of_address;
};

Verdict refusal(Verdict so_far, Error error) {
  so_far.way = Verdict::Way::refuse;
  so_far.error = std::move(error);
  so_far.held.reset();
  return so_far;
}

// The verdict of a rule, with what the rules before it change and hold.
Verdict joined(Verdict so_far, Verdict verdict) {
  if (verdict.way == Verdict::Way::refuse) so_far.held.reset();
  so_far.request.append(verdict.request);
  so_far.reply.append(verdict.reply);
  verdict.request = std::move(so_far.request);
  verdict.reply = std::move(so_far.reply);
  verdict.held = std::move(so_far.held);
  if (verdict.user.empty()) verdict.user = std::move(so_far.user);
  return verdict;
}

}  // namespace

Verdict AccessGate::judge(const AccessQuestion& question, VerdictTo to) {
  const AccessRules& rules = question.rules;
  Verdict verdict;
  if (auto error = judge_networks(rules.networks, question.address)) return refusal({}, std::move(*error));
  if (rules.cors) {
    if (is_preflight(question.head)) return answer_preflight(*rules.cors, question.head);
    edit_cors_reply(*rules.cors, question.head, verdict.reply);
  }
  if (rules.rate && !rules.is_counting_claims()) {
    if (auto error = limit_rate(question, {}, verdict)) return refusal(std::move(verdict), std::move(*error));
  }
  if (!rules.open.is_empty()) {
    if (auto error = limit_open(question, verdict)) return refusal(std::move(verdict), std::move(*error));
  }
  if (question.guard != nullptr) {
    verdict = judge_permit(question, std::move(verdict));
    if (verdict.way != Verdict::Way::pass) return verdict;
  }
  verdict = judge_login(question, to, std::move(verdict));
  return rules.is_counting_claims() ? limit_claim(question, std::move(verdict)) : std::move(verdict);
}

std::optional<Error> AccessGate::limit_rate(const AccessQuestion& question, std::string_view claim, Verdict& so_far) {
  assert(limits_ != nullptr);
  const RateRule& rule = *question.rules.rate;
  const std::uint64_t key = limits_->hash.of(rate_key_of(rule, question.head, question.address, claim));
  const RateTable::Taken taken = limits_->rates.take(key, rule, context_.clock.now());
  if (!taken.is_allowed || rule.tells_all) tell_rate(rule, taken, so_far.reply);
  if (taken.is_allowed) return std::nullopt;
  return refused(Code::too_many_requests, std::string(question.address) + " is over its rate");
}

// Who has not logged in is not counted: a stranger who names somebody must not use up what that one may send.
Verdict AccessGate::limit_claim(const AccessQuestion& question, Verdict logged_in) {
  if (logged_in.way != Verdict::Way::pass) return logged_in;
  const AccessRules& rules = question.rules;
  const std::string claim = logins_.claim_of(question, std::get<JwtRule>(rules.login), rules.rate->name);
  if (auto error = limit_rate(question, claim, logged_in)) return refusal(std::move(logged_in), std::move(*error));
  return logged_in;
}

std::optional<Error> AccessGate::limit_open(const AccessQuestion& question, Verdict& so_far) {
  assert(limits_ != nullptr);
  const OpenRule& rule = question.rules.open;
  auto places = std::make_unique<OpenPlaces>();
  if (rule.most_per_address > 0) {
    const std::uint64_t key = limits_->hash.of(address_key_of(rule.id, question.address, 32, 64));
    if (!limits_->open.enter(key, rule.most_per_address, places->of_address)) {
      so_far.reply.set("retry-after", "1");
      return refused(Code::too_many_requests, std::string(question.address) + " has too many open requests");
    }
  }
  if (rule.most > 0 && !limits_->open.enter(limits_->hash.of(std::to_string(rule.id)), rule.most, places->of_all))
    return Error{Fault::router, Code::too_many_open, false, "the site has all the open requests that it may have"};
  so_far.held = std::move(places);
  return std::nullopt;
}

Verdict AccessGate::judge_permit(const AccessQuestion& question, Verdict so_far) {
  return joined(std::move(so_far), permits_.judge(question));
}

// The only rule whose verdict may come later. Behind it is only the limit by claim, whose login never comes later.
// `so_far` has what the rules before it add to the reply, and what the request holds: both go into the verdict that is
// returned, also with `later`.
Verdict AccessGate::judge_login(const AccessQuestion& question, VerdictTo to, Verdict so_far) {
  for (const std::string& field : question.rules.own_fields) so_far.request.remove_alike(field);
  if (!question.rules.has_login()) return so_far;
  return joined(std::move(so_far), logins_.judge(question, question.rules.login, to));
}

void AccessGate::forget(ExchangeKey key) { logins_.forget(key); }

}  // namespace zeroway
