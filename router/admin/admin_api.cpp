#include "router/admin/admin_api.h"

#include <algorithm>
#include <array>
#include <optional>

#include "proto/escapes.h"
#include "router/admin/census_json.h"
#include "router/admin/change_reader.h"
#include "router/admin/json_text.h"
#include "router/admin/metrics_text.h"

namespace zeroway {

namespace {

template <std::string (*write)(const Census&)>
AdminReply json_reply(const AdminRequest&, const Census& census) {
  return {.body = write(census)};
}

// For people and probes that only look at the status: always 200 while the process runs.
AdminReply health(const AdminRequest&, const Census& census) { return {.body = health_json(census)}; }

AdminReply ready(const AdminRequest&, const Census& census) {
  AdminReply reply{.body = health_json(census)};
  if (!census.is_ready()) reply.status = 503;
  return reply;
}

AdminReply metrics(const AdminRequest& request, const Census& census) {
  const MetricsForm form = metrics_form(request.accept);
  return {.type = std::string(metrics_type(form)), .body = metrics_text(census, form)};
}

AdminReply alive(const AdminRequest&, const Census&) { return {.body = "{\"status\":\"ok\"}\n"}; }

struct Page {
  std::string_view path;
  WriteReply write;
  std::string_view what;
};

constexpr std::array kPages{
    Page{"/health", health, "whether the router is of use; always 200"},
    Page{"/health/livez", alive, "200 while the process runs"},
    Page{"/health/readyz", ready, "200, or 503 while it drains or a backend is missing"},
    Page{"/health/status", health, "slots of the workers, too"},
    Page{"/metrics", metrics, "all numbers, for Prometheus"},
    Page{"/api/v1/version", json_reply<version_json>, "version, uptime, reloads"},
    Page{"/api/v1/listeners", json_reply<listeners_json>, "where clients come in"},
    Page{"/api/v1/sites", json_reply<sites_json>, "sites and their traffic"},
    Page{"/api/v1/routes", json_reply<routes_json>, "routes and their traffic"},
    Page{"/api/v1/upstreams", json_reply<backends_json>, "backends of the plan"},
    Page{"/api/v1/servers", json_reply<servers_json>, "servers of all pools"},
    Page{"/api/v1/workers", json_reply<workers_json>, "workers that have joined"},
    Page{"/api/v1/certificates", json_reply<certificates_json>, "certificates in use"},
    Page{"/api/v1/counters", json_reply<counters_json>, "the router's own counters"},
};

constexpr std::string_view kWorkers = "/api/v1/workers/", kServers = "/api/v1/servers/";
constexpr std::string_view kReload = "/api/v1/reload", kBwsReload = "/api/config/reload",
                           kReopen = "/api/v1/logs/reopen";

AdminReply index() {
  JsonText out;
  out.object();
  for (const Page& page : kPages) out.member(page.path, page.what);
  out.member("POST /api/v1/reload", "reads the configuration file again")
      .member("POST /api/v1/logs/reopen", "opens the log files again, after they were moved")
      .member("PATCH /api/v1/workers/NAME", "{\"held\": true} takes a worker out of rotation, {\"weight\": N}")
      .member("PATCH /api/v1/servers/NAME", "{\"held\": true} takes a server out of rotation")
      .end_object();
  return {.body = out.take()};
}

AdminReply wrong_method(std::string_view allowed) {
  AdminReply reply = admin_error(405, "this path takes " + std::string(allowed));
  reply.fields.emplace_back("allow", allowed);
  return reply;
}

AdminStep reading_step(const AdminRequest& request) {
  if (request.path == "/" || request.path == "/api/v1") return index();
  const auto page =
      std::find_if(kPages.begin(), kPages.end(), [&](const Page& one) { return one.path == request.path; });
  if (page != kPages.end()) return page->write;
  for (const std::string_view path : {kReload, kBwsReload, kReopen})
    if (request.path == path) return wrong_method("POST");
  for (const std::string_view path : {kWorkers, kServers})
    if (request.path.starts_with(path)) return wrong_method("PATCH");
  return admin_error(404, "there is no " + request.path + ": GET / names the paths");
}

AdminStep member_step(const AdminRequest& request, std::string_view prefix) {
  if (request.method != "PATCH") return wrong_method("PATCH");
  if (!request.content_type.starts_with("application/json"))
    return admin_error(415, "the body must be application/json");
  const auto to = read_member_change(request.body);
  if (!to) return admin_error(400, to.error().detail);
  if (prefix == kServers && to->weight)
    return admin_error(422, "weight: that of a server is in the configuration file; change it there and reload");
  // Names of workers may hold any byte.
  const std::string_view name = std::string_view(request.path).substr(prefix.size());
  return Change{.kind = Change::Kind::member, .member = decode_escapes(name), .to = *to};
}

}  // namespace

AdminStep step_of(const AdminRequest& request) {
  if (request.is_reading()) return reading_step(request);
  if (request.path == kReload || request.path == kBwsReload || request.path == kReopen) {
    if (request.method != "POST") return wrong_method("POST");
    return Change{.kind = request.path == kReopen ? Change::Kind::reopen_logs : Change::Kind::reload};
  }
  for (const std::string_view prefix : {kWorkers, kServers})
    if (request.path.starts_with(prefix)) return member_step(request, prefix);
  const AdminStep reading = reading_step(request);
  const auto* reply = std::get_if<AdminReply>(&reading);
  return reply != nullptr && reply->status == 404 ? *reply : wrong_method("GET, HEAD");
}

AdminReply changed(const Change& change, const Result<std::size_t>& met) {
  if (!met) return admin_error(409, met.error().detail);
  if (*met == 0) return admin_error(404, "nobody is named '" + change.member + "'");
  JsonText out;
  out.object().member("status", "ok").member("changed", *met).end_object();
  return {.body = out.take()};
}

}  // namespace zeroway
