#include "router/admin/circuits_json.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "proto/escapes.h"
#include "router/admin/json_text.h"
#include "router/circuits/circuit_json.h"

namespace zeroway {

namespace {

using Workers = std::map<std::string, std::vector<const MemberFacts*>, std::less<>>;

// By circuit.
Workers workers_of(const Census& census) {
  Workers workers;
  for (const MemberFacts& member : census.members)
    if (member.kind == MemberFacts::Kind::worker && member.pool.starts_with('/'))
      workers[member.pool].push_back(&member);
  return workers;
}

void write_member(JsonText& out, const MemberFacts& member) {
  out.object()
      .member("kind", to_text(member.kind))
      .member("name", member.name)
      .member("state", member.state)
      .member("fit", member.is_fit)
      .member("weight", member.weight)
      .member("open", member.open)
      .end_object();
}

void write_use(JsonText& out, const CircuitUse* use, Time now) {
  out.member("requests", use == nullptr ? std::uint64_t{0} : use->requests());
  out.member("open", use == nullptr ? 0U : use->open());
  out.key("idle_seconds");
  if (use == nullptr || use->last() == Time{}) {
    out.null();
  } else if (use->is_in_use()) {
    out.number(0);
  } else {
    out.number(std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - use->last()).count()));
  }
}

// Null when it has none.
void write_port(JsonText& out, const CircuitList& list, const std::string& path) {
  out.key("port");
  if (const auto found = list.ports.find(path); found != list.ports.end()) {
    out.number(found->second);
  } else {
    out.null();
  }
}

void write_circuit(JsonText& out, const CircuitView& view, const CircuitList& list, const Workers& workers, Time now) {
  const std::string path = view.spec().path();
  out.object().member("path", path);
  write_port(out, list, path);
  out.key("circuit").raw(circuit_json(view.spec()));
  write_use(out, view.use(), now);
  out.key("members").array();
  for (const MemberFacts& member : view.members(now)) write_member(out, member);
  if (const auto found = workers.find(path); found != workers.end())
    for (const MemberFacts* member : found->second) write_member(out, *member);
  out.end_array().end_object();
}

// Only workers announce it.
void write_announced(JsonText& out, const std::string& path, const std::vector<const MemberFacts*>& members,
                     const CircuitList& list, const CircuitUse* use, Time now) {
  out.object().member("path", path);
  write_port(out, list, path);
  out.key("circuit").null();
  write_use(out, use, now);
  out.key("members").array();
  for (const MemberFacts* member : members) write_member(out, *member);
  out.end_array().end_object();
}

struct Filter {
  std::optional<std::string> session, service, owner;

  [[nodiscard]] bool takes(const CircuitSpec& spec) const {
    return session.value_or(spec.session) == spec.session && service.value_or(spec.service) == spec.service &&
           owner.value_or(spec.owner) == spec.owner;
  }
  // Nobody but its workers keeps it.
  [[nodiscard]] bool takes_path(const std::string& path) const {
    const auto mark = path.find('/', 1);
    return (!session || *session == path.substr(1, mark - 1)) && (!service || *service == path.substr(mark + 1)) &&
           !owner;
  }
};

const CircuitUse* use_of(const CircuitList& list, const std::string& path) {
  const auto is_it = [&](const auto& one) { return one.first == path; };
  const auto found = std::find_if(list.uses.begin(), list.uses.end(), is_it);
  return found == list.uses.end() ? nullptr : found->second.get();
}

}  // namespace

AdminReply circuits_reply(const AdminRequest& request, const Census& census) {
  const Filter filter{query_value(request.query, "session"), query_value(request.query, "service"),
                      query_value(request.query, "owner")};
  Workers workers = workers_of(census);
  const CircuitList& list = *census.circuits;
  JsonText out;
  out.object().key("circuits").array();
  for (const auto& view : list.all)
    if (filter.takes(view->spec())) write_circuit(out, *view, list, workers, census.steady_now);
  for (const auto& view : list.all) workers.erase(view->spec().path());
  for (const auto& [path, members] : workers)
    if (filter.takes_path(path)) write_announced(out, path, members, list, use_of(list, path), census.steady_now);
  out.end_array().end_object();
  return {.body = out.take()};
}

AdminReply circuit_reply(const AdminRequest& request, const Census& census) {
  const auto id = decode_escapes(std::string_view(request.path).substr(request.path.rfind('/') + 1));
  const auto& all = census.circuits->all;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->spec().id == id; });
  if (found == all.end()) return admin_error(404, "there is no circuit with this id");
  JsonText out;
  write_circuit(out, **found, *census.circuits, workers_of(census), census.steady_now);
  return {.body = out.take()};
}

}  // namespace zeroway
