// Who says whether a request may have an answer: asked at its head, before a redirect, a health page or a backend.
//
//     judge() ──▶ pass, refuse or answer: at once
//             ──▶ later ── the exchange holds the request ──▶ VerdictTo::tell(): pass, refuse or answer
//                              └─ client gone, patience over ──▶ forget(): the verdict is no longer wanted
//
// Owner: the lane; exchanges ask.   Thread: one loop.
// Not here: the rules (router/plan/access_rules.h), judging by them (router/access/access_gate.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "proto/kind.h"
#include "router/exchange/backend.h"
#include "router/exchange/field_edits.h"

namespace zeroway {

struct AccessRules;   // router/plan/access_rules.h
struct CircuitGuard;  // router/plan/permit_rule.h
struct Site;          // router/plan/site.h

// Everything in it stays, unchanged, until the verdict was told (judge() has returned another one than `later`, or
// VerdictTo::tell() was called) or forgotten.
struct AccessQuestion {
  const Head& head;  // as the client sent it, but for its path, which is canonical
  Kind kind;
  const AccessRules& rules;
  const Site& site;
  const Route* route;  // null: the site has nobody for the request, which gets an error if it passes
  const ClientInfo& client;
  std::string_view address;  // the client's, as trusted proxies tell it: numeric; "" = it has none (a unix socket)
  const CircuitGuard* guard = nullptr;  // of the circuit, where not everybody may use it
};

// Something that a request has until it is over, as its place among the open requests of a site.
class Held {
 public:
  virtual ~Held() = default;
};

struct Verdict {
  enum class Way : std::uint8_t {
    pass,
    refuse,  // the router's own page for `error`
    answer,  // `head` and `content`
    later,
  };

  Way way = Way::pass;
  Error error{};          // with refuse
  Head head{};            // with answer: `:status`, and fields; the exchange adds `date` and `content-length`
  std::string content{};  // with answer
  FieldEdits request{};   // with pass: of the head that the backend gets. The router's own fields are in it already
  FieldEdits reply{};     // of every reply that the request gets, also of errors. With later, too
  std::string user{};     // with pass: who has logged in, for the access log; "" = nobody
  std::unique_ptr<Held> held{};          // with pass
  std::chrono::milliseconds patience{};  // with later: for tell() to come; then 504

  [[nodiscard]] static Verdict refusal(Error with) { return {.way = Way::refuse, .error = std::move(with)}; }
};

// Finds the exchange that a verdict is for; a stale key finds nothing.
class VerdictFinder {
 public:
  virtual ~VerdictFinder() = default;
  virtual void decided(ExchangeKey key, Verdict verdict) = 0;
};

// Whom a verdict is told.
struct VerdictTo {
  VerdictFinder* finder = nullptr;  // outlives every question
  ExchangeKey key = 0;

  // Once, never before judge() has returned, and not `later`. It may lead to any verb of any exchange.
  void tell(Verdict verdict) const { finder->decided(key, std::move(verdict)); }
};

class AccessJudge {
 public:
  virtual ~AccessJudge() = default;
  [[nodiscard]] virtual Verdict judge(const AccessQuestion& question, VerdictTo to) = 0;
  // Nobody waits for the verdict that was to come later. After this call the question's parts are gone.
  virtual void forget(ExchangeKey key) = 0;
};

}  // namespace zeroway
