// Judges the requests for circuits that not everybody may use, in this order:
//
//     the client's address is in none of the networks ──▶ 403
//     a preflight ──▶ passes: browsers send no login with it
//     everybody may use the circuit, a permit in a cookie, a token in Authorization ──▶ passes; else 401
//
// It also makes the permits. A permit that is over, or that cannot be read, is none, and its cookie is cleared.
// Owner: the lane's gate.   Thread: one loop.
// Not here: the rule (router/plan/permit_rule.h), the reply with a new permit (router/exchange/setup_reply.h).
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "router/access/known_tokens.h"
#include "router/access/secrets_in_use.h"
#include "router/access/sticky_seal.h"
#include "router/exchange/access_judge.h"
#include "router/exchange/permit_desk.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

class Permits final : public PermitDesk {
 public:
  // `clock` outlives this object.
  explicit Permits(const WallClock& clock) : clock_(clock) {}

  // From now on.
  void use(Secrets secrets);
  // The router's own key, for rules without one.
  void use_own_key(std::string_view key) { use_key(own_seal_, key); }

  // Of a question with a guard. Never `later`.
  [[nodiscard]] Verdict judge(const AccessQuestion& question);

  Result<PermitTicket> read(std::string_view token, const PermitRule& rule) override;
  std::string permit(const CircuitGuard& guard, std::chrono::seconds until) override;

 private:
  enum class Found : std::uint8_t { nothing, wrong, right };

  static void use_key(StickySeal& seal, std::string_view key);
  [[nodiscard]] std::chrono::seconds now() const;
  [[nodiscard]] StickySeal& seal_of(const PermitRule& rule);
  [[nodiscard]] Found find_permit(const Head& head, const CircuitGuard& guard);
  // The claims of a token that is good now, good until the next call.
  [[nodiscard]] Result<const Node*> claims_of(std::string_view token, const PermitRule& rule);
  [[nodiscard]] Verdict judge_token(std::string_view token, const CircuitGuard& guard);

  const WallClock& clock_;
  SecretsInUse secrets_;
  KnownTokens tokens_;
  StickySeal own_seal_;
  std::unordered_map<const Secret*, StickySeal> seals_;  // of the keys that rules name
};

}  // namespace zeroway
