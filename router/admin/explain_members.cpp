#include "router/admin/explain_members.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "proto/control.h"
#include "router/admin/backend_words.h"

namespace zeroway {

namespace {

constexpr std::string_view kStep = "backend";

bool is_worker_of(const MemberFacts& member, std::string_view group) {
  return member.kind == MemberFacts::Kind::worker && member.pool == group;
}

// A member's state without its role: "standby, full" is "full".
std::string_view condition_of(const MemberFacts& member) {
  constexpr std::string_view kRole = "standby, ";
  const std::string_view state = member.state;
  return state.substr(state.starts_with(kRole) ? kRole.size() : 0);
}

class MemberExplainer {
 public:
  MemberExplainer(const Census& census, const ClaimsOfCensus& claims, std::string_view host, std::string_view path,
                  Explanation& out)
      : census_(census), claims_(claims), host_(host), path_(path), out_(out) {}

  void run(const BackendSpec& spec) {
    if (const auto* group = std::get_if<GroupSpec>(&spec)) return workers(*group);
    if (const auto* pool = std::get_if<PoolSpec>(&spec)) return servers(*pool);
    if (const auto* mixed = std::get_if<MixedSpec>(&spec)) return both(*mixed);
    if (const auto* files = std::get_if<FilesSpec>(&spec)) {
      out_.answer = Explanation::Answer::files;
      return step("files", true, "of " + files->root);
    }
    if (std::holds_alternative<PageSpec>(spec)) {
      out_.answer = Explanation::Answer::page;
      return step("page", true, "the router answers");
    }
    out_.answer = Explanation::Answer::management;
    step("management", true, "the router answers");
  }

  // Servers that the management API has named, and workers that announce the service.
  void run_circuit(const std::string& path) {
    for (const auto& view : named_circuits(census_))
      if (view->spec().path() == path) add_servers_of(*view);
    add_group(path);
    stand_by();
    step("circuit " + path, has_next(),
         has_next() ? "a server or a worker of the service with room, by its weight"
                    : "no server and no worker of the service is ready");
    if (!has_next()) nobody();
  }

 private:
  void step(std::string what, bool has_matched, std::string why) {
    out_.steps.push_back({kStep, std::move(what), has_matched, std::move(why)});
  }
  void fail(Fault fault, Code code, std::string detail) {
    out_.answer = Explanation::Answer::error;
    out_.error = Error{fault, code, false, std::move(detail)};
  }

  [[nodiscard]] bool has_next() const {
    return std::any_of(out_.members.begin(), out_.members.end(), [](const auto& one) { return one.is_next; });
  }
  void add(const MemberFacts& member, bool is_next, std::string why) {
    out_.members.push_back({&member, is_next, std::move(why)});
  }
  // Of those that serve the path: members on standby get nothing while an active one is fit.
  void stand_by() {
    const bool is_any_active = std::any_of(out_.members.begin(), out_.members.end(), [](const auto& one) {
      return one.serves_path && !one.member->is_standby && one.member->is_fit && one.member->weight > 0;
    });
    if (!is_any_active) return;
    for (Explanation::Candidate& one : out_.members) {
      if (!one.member->is_standby || !one.is_next) continue;
      one.is_next = false;
      one.why = "it is on standby, and an active one is there";
    }
  }

  // --- workers

  void workers(const GroupSpec& group) {
    if (group.group.empty()) return claimants();
    add_group(group.group);
    stand_by();
    step(name_of(group), has_next(),
         has_next() ? "a worker of the group that has room, in turn" : "no worker of the group is ready");
    if (!has_next()) nobody();
  }

  void add_group(std::string_view group) {
    for (const MemberFacts& member : census_.members)
      if (is_worker_of(member, group)) add_worker(member);
  }

  void add_worker(const MemberFacts& member) {
    const bool has_room = condition_of(member) == "ready";
    add(member, has_room, has_room ? "it has room" : "it is " + member.state);
  }

  // The workers whose claim is the closest; without a claim, those that serve everything.
  void claimants() {
    const PoolId pool = claims_.pool_of(host_, path_);
    bool is_anybody_here = false;
    for (std::size_t at = 0; at < census_.members.size(); ++at) {
      const MemberFacts& member = census_.members[at];
      const bool is_announcing = member.kind == MemberFacts::Kind::worker && is_announced_pool(member.pool);
      const bool is_ours = is_worker_of(member, "");
      is_anybody_here = is_anybody_here || ((is_ours || is_announcing) && member.state != "leaving");
      if (!is_ours) continue;
      if (claims_.has(pool, at)) {
        add_worker(member);
      } else {
        add(member, false, member.serves.empty() ? "others claim the path" : "it does not claim the path");
        out_.members.back().serves_path = false;
      }
    }
    stand_by();
    if (has_next()) return step("fabric", true, "a worker that serves the path and has room, in turn by its weight");
    step("fabric", false, "no worker that serves the path is ready");
    if (pool == kOpenPool && !claims_.is_claimed(kOpenPool) && is_anybody_here)
      return fail(Fault::client, Code::no_route, "no worker claims this path");
    nobody();
  }

  // The error that a request gets after its time in the queue.
  void nobody() {
    const bool is_full = std::any_of(out_.members.begin(), out_.members.end(),
                                     [](const auto& one) { return condition_of(*one.member) == "full"; });
    if (is_full) return fail(Fault::backend, Code::backends_busy, "all are full: it waits for room first");
    fail(Fault::backend, Code::no_backend, "nobody is there: it waits for somebody first");
  }

  // --- servers

  void add_servers_of(const CircuitView& view) {
    for (MemberFacts& one : view.members(census_.steady_now)) {
      const MemberFacts& server = out_.servers.emplace_back(std::move(one));
      const bool can = can_take(server);
      add(server, can, can ? "it is up" : why_not(server));
    }
  }

  void servers(const PoolSpec& pool) {
    add_servers(pool);
    step("pool " + pool.name, has_next(),
         has_next() ? "a server that is up, by balance = " + balance_text({pool.balance, pool.hash_field})
                    : "no server of the pool is up");
    if (!has_next()) nobody();
  }

  void add_servers(const PoolSpec& pool) {
    bool is_one_before = false;  // of `first`
    for (const MemberFacts& member : census_.members) {
      if (member.kind != MemberFacts::Kind::server || member.pool != pool.name) continue;
      const bool can = can_take(member);
      if (can && pool.balance == BalanceMethod::first && is_one_before) {
        add(member, false, "the servers before it come first");
      } else {
        add(member, can, can ? "it is up" : why_not(member));
      }
      is_one_before = is_one_before || can;
    }
    if (!has_next() && pool.health.fail_open) fail_open(pool);
  }

  [[nodiscard]] static bool can_take(const MemberFacts& server) {
    return server.is_fit && server.weight > 0 && (server.capacity == 0 || server.open < server.capacity);
  }
  [[nodiscard]] static std::string why_not(const MemberFacts& server) {
    if (!server.is_fit) return "it is " + server.state;
    return server.weight == 0 ? "its weight is 0" : "it has as many requests as it takes";
  }

  void fail_open(const PoolSpec& pool) {
    for (Explanation::Candidate& one : out_.members) {
      if (one.member->pool != pool.name || one.member->weight == 0) continue;
      one.is_next = true;
      one.why += ", but all are out, with fail_open = true";
    }
  }

  // --- both

  void both(const MixedSpec& mixed) {
    if (!mixed.servers.servers.empty()) add_servers(mixed.servers);
    for (const MixedSpec::Workers& part : mixed.workers) add_group(part.group.group);
    stand_by();
    step("pool " + mixed.servers.name, has_next(),
         has_next() ? "a server or a worker with room, by balance = " +
                          balance_text({mixed.servers.balance, mixed.servers.hash_field})
                    : "nobody of the pool is ready");
    if (!has_next()) nobody();
  }

  const Census& census_;
  const ClaimsOfCensus& claims_;
  const std::string_view host_, path_;
  Explanation& out_;
};

}  // namespace

ClaimsOfCensus::ClaimsOfCensus(const Census& census) : plan_(*census.plan) {
  for (std::size_t at = 0; at < census.members.size(); ++at) {
    const MemberFacts& member = census.members[at];
    if (!is_worker_of(member, "") || member.state == "unreachable") continue;
    if (member.claims.empty()) table_.add(at, RouteClaim{"", "/", PathMatch::prefix});
    for (const RouteClaim& claim : member.claims) table_.add(at, claim);
  }
}

std::optional<std::size_t> ClaimsOfCensus::claimed(std::size_t backend, std::string_view host,
                                                   std::string_view path) const {
  const BackendSpec inner = inner_of(plan_.backends[backend]);
  const auto* group = std::get_if<GroupSpec>(&inner);
  if (group == nullptr || !group->group.empty()) return std::nullopt;
  const PoolId pool = pool_of(host, path);
  return pool == kOpenPool ? std::nullopt : std::optional(table_.length(pool));
}

bool ClaimsOfCensus::has(PoolId pool, std::size_t index) const {
  const auto& members = table_.members(pool);
  return std::find(members.begin(), members.end(), index) != members.end();
}

void explain_members(const Census& census, const ClaimsOfCensus& claims, std::string_view host, std::string_view path,
                     Explanation& out) {
  MemberExplainer explainer(census, claims, host, path, out);
  if (!out.circuit.empty()) return explainer.run_circuit(out.circuit);
  explainer.run(inner_of(census.plan->backends[out.route->backend]));
}

}  // namespace zeroway
