// Asks a login service whether a request may pass, by a request of its own through a backend.
//
//     asked ──┬─ 2xx ───────────▶ pass, with fields of the answer ── its body is read and dropped, or cut ──▶ over
//             ├─ 3xx, 4xx, 5xx ── body, up to a limit ──▶ the answer is the client's ──▶ over
//             ├─ lost before its head ──▶ asked again, a few times
//             └─ lost, no valid answer: 502; patience over: 504 ──▶ over
//
// Owner: Logins.   Thread: one loop.
// A service that is down or slow never lets a request pass.
// Not here: connections to the service (router/backends), what the question looks like (access/service_question.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "router/access/limits.h"
#include "router/exchange/access_judge.h"
#include "router/exchange/plan_in_use.h"
#include "router/exchange/slot_map.h"
#include "router/plan/login_rules.h"
#include "router/plan/route.h"

namespace zeroway {

class LoginService final : public ExchangeFinder {
 public:
  LoginService() = default;
  ~LoginService() override;

  [[nodiscard]] Verdict judge(const AccessQuestion& question, const ForwardRule& rule, VerdictTo to);
  // Ignored for a question that is not waiting.
  void forget(ExchangeKey key);
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;

  [[nodiscard]] std::size_t size() const { return asked_.size(); }  // with those whose body is dropped

 private:
  enum class Stage : std::uint8_t { waiting, refused, unread };

  // One request to the service.
  class Asked final : public BackendEvents {
   public:
    explicit Asked(LoginService& owner) : owner_(owner) {}
    void begin(ExchangeKey own_key, const AccessQuestion& question, const ForwardRule& rule, VerdictTo to);
    void open(Attempt attempt);
    void drop(ResetCode code);
    void finish();

    void accepted(const Holder&) override {}
    void head(Head& head, Last last) override;
    void data(Bytes bytes) override;
    void end(Head& trailers) override;
    void reset(const Error& error) override;
    void credit(std::uint32_t) override {}

   private:
    void consented(const Head& head, Last last);
    void fail(Error error);
    void tell(Verdict verdict);

    LoginService& owner_;
    ExchangeKey key_ = 0;
    PlanPin pin_;  // keeps the backend
    const Route* route_ = nullptr;
    const ClientInfo* client_ = nullptr;  // while the question waits
    const ForwardRule* rule_ = nullptr;
    VerdictTo to_;
    Head head_;  // of the question
    BackendStream stream_;
    Stage stage_ = Stage::waiting;
    int tries_ = 0;
    std::size_t unread_ = 0;
    Verdict answer_;  // while its body comes
  };

  void retire(ExchangeKey key);

  const Route no_route_{};  // for questions about requests without one
  SlotMap<Asked> asked_{kWarmQuestions};
  std::unordered_map<ExchangeKey, ExchangeKey> waiting_;  // the exchange's key, ours
  std::size_t unread_answers_ = 0;
  int depth_ = 0;  // verbs running now, one inside the other: what is retired stays in place meanwhile
};

}  // namespace zeroway
