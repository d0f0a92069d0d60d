#include "router/check.h"

#include <variant>

#include "router/backends/servers_pool.h"
#include "router/file_content.h"
#include "router/net/tls_context.h"
#include "router/plan/make_plan.h"

namespace zeroway {

namespace {

using Lines = std::vector<std::string>;

void check_pools(const Plan& plan, Lines& errors) {
  for (const BackendSpec& spec : plan.backends) {
    const auto* wanted = std::get_if<PoolSpec>(&spec);
    if (wanted == nullptr) continue;
    const auto pool = ServersPool::make(*wanted, nullptr, 0);
    if (!pool) errors.push_back("pool '" + wanted->name + "': " + pool.error().detail);
  }
}

void check_certificates(const Plan& plan, Lines& errors) {
  for (const ListenerSpec& listener : plan.listeners) {
    if (!listener.is_tls) continue;
    if (const auto read = TlsContext::load(listener.tls, {"h2", "http/1.1"}); !read)
      errors.push_back(read.error().detail);
  }
}

}  // namespace

void check_plan(CommandLine& line) {
  PlanMaking making = make_plan(*line.to_check, read_file);
  if (making.plan) {
    check_pools(*making.plan, making.errors);
    check_certificates(*making.plan, making.errors);
  }
  for (const std::string& error : making.errors) line.error += error + "\n";
  for (const std::string& warning : making.warnings) line.error += warning + " (warning)\n";
  if (making.errors.empty()) return;
  line.output.clear();
  line.exit_code = 1;
}

}  // namespace zeroway
