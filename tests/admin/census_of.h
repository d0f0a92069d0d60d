// A census of a router with so many workers and servers, each with one open request.
#pragma once
#include <string>

#include "router/admin/census.h"
#include "router/plan/make_plan.h"

namespace zeroway {

inline Census census_of(std::size_t workers, std::size_t servers) {
  Census census;
  Settings settings;
  settings.management.enabled = false;
  census.plan = make_plan(settings, {}).plan;
  census.version = "1.2.3";
  census.instance = "router#1";
  census.ready = {workers > 0};
  for (std::size_t at = 0; at < workers; ++at) {
    MemberFacts worker;
    worker.name = "worker-" + std::to_string(at);
    worker.instance = worker.name + "#1";
    worker.state = "ready";
    worker.capacity = 10;
    worker.open = 1;
    census.members.push_back(worker);
  }
  for (std::size_t at = 0; at < servers; ++at) {
    MemberFacts server;
    server.kind = MemberFacts::Kind::server;
    server.name = "10.0.0." + std::to_string(at) + ":80";
    server.pool = "pool";
    server.state = "up";
    server.open = 1;
    census.members.push_back(server);
  }
  return census;
}

}  // namespace zeroway
