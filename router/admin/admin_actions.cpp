#include "router/admin/admin_actions.h"

#include <algorithm>
#include <array>

#include "proto/escapes.h"
#include "router/admin/change_reader.h"
#include "router/circuits/circuit_json.h"
#include "router/circuits/circuit_pool.h"

namespace zeroway {

namespace {

bool has_json(const AdminRequest& request) { return request.content_type.starts_with("application/json"); }
AdminReply wants_json() { return admin_error(415, "the body must be application/json"); }

template <Change::Kind kind>
AdminStep plain(const AdminRequest&, const std::string&) {
  return Change{.kind = kind};
}

AdminStep change_member(const AdminRequest& request, Change::Kind kind, const std::string& name) {
  if (!has_json(request)) return wants_json();
  const auto to = read_member_change(request.body);
  if (!to) return admin_error(400, to.error().detail);
  return Change{.kind = kind, .members = {name}, .to = *to};
}

AdminStep change_worker(const AdminRequest& request, const std::string& name) {
  return change_member(request, Change::Kind::worker, name);
}

AdminStep change_server(const AdminRequest& request, const std::string& name) {
  return change_member(request, Change::Kind::server, name);
}

AdminStep change_log(const AdminRequest& request, const std::string&) {
  if (!has_json(request)) return wants_json();
  const auto to = read_log_change(request.body);
  if (!to) return admin_error(400, to.error().detail);
  return Change{.kind = Change::Kind::log_level, .is_debug = to->is_debug, .time = to->time};
}

// "LOOP-KEY".
AdminStep close_stream(const AdminRequest&, const std::string& name) {
  const auto mark = std::min(name.find('-'), name.size());
  const auto loop = read_number(name.substr(0, mark));
  const auto key = read_number(name.substr(std::min(mark + 1, name.size())));
  if (!loop || !key) return admin_error(400, "'" + name + "' is no id: GET /api/v1/streams names them");
  return Change{.kind = Change::Kind::close_stream, .members = {name}, .loop = *loop, .stream = *key};
}

AdminStep close_all_of(const AdminRequest&, const std::string& name) {
  return Change{.kind = Change::Kind::close_of, .members = {name}};
}

// --- circuits

using ReadBody = std::variant<AdminReply, Change>;

ReadBody circuits_change(const Result<CircuitChange>& change, const std::string& name) {
  const Result<> fits = change ? check_circuits(*change) : Result<>(change.error());
  if (!fits) return admin_error(400, fits.error().detail);
  Change told{.kind = Change::Kind::circuits, .circuits = std::make_shared<const CircuitChange>(*change)};
  if (!name.empty()) told.members = {name};
  return told;
}

ReadBody read_one(const AdminRequest& request, const std::string& id) {
  auto spec = read_circuit(id, request.body);
  if (!spec) return admin_error(400, spec.error().detail);
  CircuitChange change;
  change.put.push_back(std::move(*spec));
  return circuits_change(change, id);
}

ReadBody read_many(const AdminRequest& request, const std::string&) {
  return circuits_change(read_circuit_change(request.body), "");
}

AdminStep put_circuit(const AdminRequest& request, const std::string& id) {
  return has_json(request) ? AdminStep(ReadAside{read_one, id}) : wants_json();
}

AdminStep change_circuits(const AdminRequest& request, const std::string&) {
  return has_json(request) ? AdminStep(ReadAside{read_many, ""}) : wants_json();
}

AdminStep remove_circuit(const AdminRequest&, const std::string& id) {
  auto change = std::make_shared<CircuitChange>();
  change->removed.push_back(id);
  return Change{.kind = Change::Kind::circuits, .members = {id}, .circuits = std::move(change)};
}

constexpr std::array kActions{
    AdminAction{"POST", "/api/v1/reload", "", plain<Change::Kind::reload>, "reads the configuration file again"},
    AdminAction{"POST", "/api/config/reload", "", plain<Change::Kind::reload>, "the same"},
    AdminAction{"POST", "/api/v1/logs/reopen", "", plain<Change::Kind::reopen_logs>,
                "opens the log files again, after they were moved"},
    AdminAction{"POST", "/api/v1/drain", "", plain<Change::Kind::drain>, "the router ends as at SIGTERM"},
    AdminAction{"PATCH", "/api/v1/log", "", change_log, "{\"level\": \"debug\", \"seconds\": N}: the level for a time"},
    AdminAction{"PATCH", "/api/v1/workers/", "", change_worker,
                "{\"held\": true} takes a worker out of rotation, {\"weight\": N}"},
    AdminAction{"PATCH", "/api/v1/servers/", "", change_server,
                "{\"held\": true} takes a server out of rotation, {\"weight\": N}"},
    AdminAction{"PUT", "/api/v1/circuits/", "", put_circuit,
                "a service of a session: {\"session\", \"service\", \"backends\": [{\"host\", \"port\"}], …}"},
    AdminAction{"DELETE", "/api/v1/circuits/", "", remove_circuit, "the service is there no more"},
    AdminAction{"POST", "/api/v1/circuits", "", change_circuits,
                "many at once: {\"put\": [{\"id\", …}], \"remove\": [\"ID\"], \"replace\": true}"},
    AdminAction{"DELETE", "/api/v1/streams/", "", close_stream, "closes an open request"},
    AdminAction{"DELETE", "/api/v1/workers/", "/streams", close_all_of,
                "closes all open requests and sessions of WAMP of a worker"},
    AdminAction{"DELETE", "/api/v1/servers/", "/streams", close_all_of,
                "closes all open requests and sessions of WAMP of a server"},
};

}  // namespace

std::span<const AdminAction> admin_actions() { return kActions; }

std::string name_of(const AdminAction& action) {
  const std::string_view name =
      action.before.ends_with("streams/") || action.before.ends_with("circuits/") ? "ID" : "NAME";
  return std::string(action.method)
      .append(" ")
      .append(action.before)
      .append(action.before.ends_with('/') ? name : "")
      .append(action.after);
}

// Names of workers may hold any byte.
std::optional<std::string> name_in(const AdminAction& action, std::string_view path) {
  if (!action.before.ends_with('/')) return path == action.before ? std::optional(std::string()) : std::nullopt;
  if (path.size() <= action.before.size() + action.after.size()) return std::nullopt;
  if (!path.starts_with(action.before) || !path.ends_with(action.after)) return std::nullopt;
  path.remove_prefix(action.before.size());
  path.remove_suffix(action.after.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  return decode_escapes(path);
}

}  // namespace zeroway
