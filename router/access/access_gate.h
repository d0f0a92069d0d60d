// Judges the requests of one loop by the rules of their site and route, in this order: networks, preflights of CORS,
// limits, permits of circuits, logins, the limit by a claim of a token. The first rule that does not let a request pass
// is the answer.
//
// Owner: the lane, one per loop.   Thread: that loop.
// Not here: what the rules are (router/plan/access_rules.h), what happens to a request that passes
// (exchange/exchange.h).
#pragma once
#include <memory>
#include <optional>

#include "router/access/logins.h"
#include "router/access/permits.h"
#include "router/access/shared_limits.h"
#include "router/exchange/access_judge.h"
#include "router/observe/wall_clock.h"
#include "router/plan/access_rules.h"

namespace zeroway {

// All of it outlives the gate.
struct AccessContext {
  const WallClock& clock;
  HashDesk& hashes;
};

class AccessGate final : public AccessJudge {
 public:
  explicit AccessGate(const AccessContext& context)
      : context_(context), permits_(context.clock), logins_(context.hashes, context.clock) {}

  // Before the first request on a site or a route with a limit.
  void use(std::shared_ptr<SharedLimits> limits) { limits_ = std::move(limits); }
  // Before the first request on a site or a route with a login, and when a file of logins has changed.
  void use(const Secrets& secrets) {
    logins_.use(secrets);
    permits_.use(secrets);
  }
  // Gives permits, and judges by them.
  [[nodiscard]] Permits& permits() { return permits_; }

  [[nodiscard]] Verdict judge(const AccessQuestion& question, VerdictTo to) override;
  void forget(ExchangeKey key) override;

 private:
  // `claim`: the value of the rule's claim; "" = the request has none.
  [[nodiscard]] std::optional<Error> limit_rate(const AccessQuestion& question, std::string_view claim,
                                                Verdict& so_far);
  [[nodiscard]] Verdict limit_claim(const AccessQuestion& question, Verdict logged_in);
  [[nodiscard]] std::optional<Error> limit_open(const AccessQuestion& question, Verdict& so_far);
  [[nodiscard]] Verdict judge_permit(const AccessQuestion& question, Verdict so_far);
  [[nodiscard]] Verdict judge_login(const AccessQuestion& question, VerdictTo to, Verdict so_far);

  AccessContext context_;
  std::shared_ptr<SharedLimits> limits_;
  Permits permits_;
  Logins logins_;
};

}  // namespace zeroway
