#include "router/plan/plan.h"

#include <utility>

namespace zeroway {

namespace {

ListenerSpec listener_of(const EdgeSettings& edge) {
  ListenerSpec spec;
  spec.address = edge.address;
  spec.port = edge.port;
  spec.limits = edge.limits;
  spec.web_sockets = edge.web_sockets;
  return spec;
}

}  // namespace

const Route* Plan::match(const ListenerSpec&, std::string_view, std::string_view) const { return &everything; }

std::shared_ptr<const Plan> make_plan(const EdgeSettings& edge, const ExchangeSettings& exchange) {
  auto plan = std::make_shared<Plan>();
  plan->listeners.push_back(listener_of(edge));
  if (edge.tls.is_on()) {
    ListenerSpec tls = listener_of(edge);
    tls.port = edge.tls.port;
    tls.is_tls = true;
    tls.tls = edge.tls;
    plan->listeners.push_back(std::move(tls));
  }
  plan->backends.push_back({});
  plan->everything = {.backend = 0,
                      .terms = request_terms(edge.limits, edge.web_sockets),
                      .web_sockets = edge.web_sockets,
                      .reply_timeout = exchange.reply_timeout,
                      .retries = exchange.retries};
  return plan;
}

}  // namespace zeroway
