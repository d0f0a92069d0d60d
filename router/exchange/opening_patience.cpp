#include "router/exchange/opening_patience.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace zeroway {

namespace {

Millis patience_at(const Site& site, const LoopPlan& plan, std::string_view target, Security security) {
  const Route* const route = Plan::match(&site, "", target, "GET", plan, security).route;
  if (route == nullptr || route->own_answer != OwnAnswer::none) return Millis(0);
  const bool is_wamp = std::holds_alternative<WampSpec>(plan.plan->backends[route->backend]);
  return is_wamp ? route->terms.open_handshake_timeout : Millis(0);
}

}  // namespace

Millis opening_patience(const ListenerInUse& listener, std::string_view target, Security security) {
  if (!listener.circuit.empty()) return Millis(0);
  const LoopPlan& plan = *listener.pin;
  const ListenerSpec& spec = listener.spec();
  if (spec.only_site != nullptr) return patience_at(*spec.only_site, plan, target, security);
  std::optional<Millis> longest;
  spec.sites.each([&](const Site* site) {
    if (longest == Millis(0)) return;
    const Millis here = patience_at(*site, plan, target, security);
    longest = here == Millis(0) ? here : std::max(here, longest.value_or(here));
  });
  return longest.value_or(Millis(0));
}

}  // namespace zeroway
