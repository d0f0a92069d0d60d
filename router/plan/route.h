// One route of the plan: which backend answers its requests, and on what terms.
//
// Owner: the plan (router/plan/plan.h), which never changes.   Thread: any.
// An exchange keeps its route until it is over, also when another plan is in use by then.
// Not here: the backend as an object (router/exchange/plan_in_use.h), how a path finds its route (router/plan/site.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/plan/field_changes.h"
#include "router/plan/sticky_rule.h"
#include "router/route/method_set.h"
#include "router/route/rewrite_pattern.h"
#include "router/settings/settings.h"
#include "router/settings/terms.h"

namespace zeroway {

struct AccessRules;  // router/plan/access_rules.h
struct PermitRule;   // router/plan/permit_rule.h
struct Site;         // router/plan/site.h

// A reply that the exchange itself gives, without a backend.
enum class OwnAnswer : std::uint8_t { none, redirect, to_https, health, health_details, ready, live, setup };

// Which of the fields that name the client a backend gets.
struct ForwardingFields {
  bool x_forwarded = true;  // X-Forwarded-For, -Proto, -Host
  bool forwarded = true;    // Forwarded (RFC 7239)
  bool port = false;        // X-Forwarded-Port, with x_forwarded
};

// How long a tunnel may carry no bytes; 0 = for ever.
struct TunnelTerms {
  Millis idle_timeout{0};
  Millis half_closed_timeout{0};  // once one direction has ended
};

struct Route {
  std::string path;   // as the file has it; "" = of no file
  MethodSet methods;  // that it takes
  const Site* site = nullptr;
  OwnAnswer own_answer = OwnAnswer::none;
  std::size_t backend = 0;   // index in Plan::backends, without an own answer
  std::string backend_name;  // for variables and logs

  const AccessRules* access = nullptr;  // null = every request passes
  const PermitRule* permits = nullptr;  // of a model of circuits: who may use them; null = everybody
  RequestTerms terms;
  WebSocketSettings web_sockets;
  TunnelTerms tunnel;
  Millis reply_timeout{0};    // for a backend that has the whole request, or gives no credit, to reply: 504; 0 = any
  std::uint32_t retries = 2;  // openings of a possibly seen request after the first
  std::optional<StickyRule> sticky;  // none = any member of the backend may have any request
  bool takes_web_sockets = true;
  bool requires_certificate = false;  // of the client: 403
  bool takes_encoded_slashes = true;  // %2F and %5C in the path, about which servers disagree: else 400
  bool takes_unclear_paths = true;    // and "//" and "/..;": else 400, as another route may have other rules of access

  bool strips_prefix = false;                      // `path` is taken off the request's path
  bool moves_locations = false;                    // Location names paths as the client sees them (route/reply_paths.h)
  bool moves_cookies = false;                      // so does the Path of cookies
  std::optional<std::string> new_path;             // the backend gets this path, with the request's query
  std::shared_ptr<const RewritePattern> redirect;  // with OwnAnswer::redirect
  int redirect_status = 301;
  std::uint16_t https_port = 443;  // with OwnAnswer::to_https

  bool intercepts_errors = false;  // the site's error pages replace the bodies of the backend's replies
  bool tells_worker = true;        // replies may say in X-Worker who answered: servers' addresses are nobody's business
  ForwardingFields forwarding;
  FieldChanges request, reply;
};

// Of a redirect to https. GET stays GET with either; other methods keep method and body only with 308 (RFC 9110
// §15.4.9).
[[nodiscard]] inline int permanent_status(std::string_view method) {
  return method == "GET" || method == "HEAD" ? 301 : 308;
}

}  // namespace zeroway
