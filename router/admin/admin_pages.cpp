#include "router/admin/admin_pages.h"

#include <algorithm>
#include <cstdint>

#include "router/admin/census_json.h"
#include "router/admin/circuits_json.h"
#include "router/admin/embedded.h"
#include "router/admin/event_text.h"
#include "router/admin/explain.h"
#include "router/admin/explain_json.h"
#include "router/admin/limits.h"
#include "router/admin/metrics_text.h"
#include "router/admin/plan_json.h"
#include "router/admin/requests_json.h"
#include "router/admin/wamp_json.h"
#include "router/admin/wamp_question.h"
#include "router/observe/limits.h"

namespace zeroway {

namespace {

template <std::string (*write)(const Census&)>
AdminReply json_reply(const AdminRequest&, const Census& census) {
  return {.body = write(census)};
}

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

AdminStep open_api(const AdminRequest&) { return AdminReply{.body = std::string(kOpenApiText)}; }

// --- requests

std::size_t count_in(const AdminRequest& request, std::string_view name, std::size_t usual) {
  return read_number(query_value(request.query, name).value_or("")).value_or(usual);
}

AdminReply requests(const AdminRequest& request, const Census& census) {
  return {.body =
              requests_json(census, count_in(request, "failed", kFailedTold), count_in(request, "slow", kSlowTold))};
}

AdminStep read_requests(const AdminRequest& request) {
  struct Limit {
    std::string_view name;
    std::size_t most;
  };
  for (const Limit limit : {Limit{"failed", kMostFailed}, Limit{"slow", kMostSlow}}) {
    const auto text = query_value(request.query, limit.name);
    if (text && read_number(*text).value_or(UINT64_MAX) > limit.most)
      return admin_error(
          400, std::string(limit.name) + " = " + *text + ": wants a number from 0 to " + std::to_string(limit.most));
  }
  return Ask{requests, {CensusScope::requests}};
}

// --- events

AdminStep read_events(const AdminRequest& request) {
  const auto after = query_value(request.query, "after");
  const std::string text = !request.last_event_id.empty() ? request.last_event_id : after.value_or("");
  if (text.empty()) return Watch{event_book().latest()};
  const auto id = read_number(text);
  if (!id) return admin_error(400, "after = " + text + ": wants the id of an event, a number");
  return Watch{*id};
}

// --- explain

AdminReply explanation(const AdminRequest& request, const Census& census) {
  const auto question = read_explain_question(request.query);
  if (!question) return admin_error(400, question.error().detail);
  return {.body = explain_json(*question, explain(*question, census))};
}

AdminStep read_explain(const AdminRequest& request) {
  const auto question = read_explain_question(request.query);
  if (!question) return admin_error(400, question.error().detail);
  return Ask{explanation, {CensusScope::circuits}};
}

// --- sessions of WAMP

AdminReply wamp(const AdminRequest& request, const Census& census) {
  const auto choice = read_wamp_choice(request.query);
  if (!choice) return admin_error(400, choice.error().detail);
  return {.body = wamp_json(census, choice->most)};
}

AdminStep read_wamp(const AdminRequest& request) {
  const auto choice = read_wamp_choice(request.query);
  if (!choice) return admin_error(400, choice.error().detail);
  return Ask{wamp, {CensusScope::wamp, *choice}};
}

const std::vector<AdminPage>& pages() {
  static const std::vector<AdminPage> kPages{
      {"/health", "whether the router is of use; always 200", json_reply<health_json>},
      {"/health/livez", "200 while the process runs", alive},
      {"/health/readyz", "200, or 503 while it drains or a backend is missing", ready},
      {"/health/status", "slots of the workers, too", json_reply<health_json>},
      {"/metrics", "all numbers, for Prometheus", metrics},
      {"/api/v1/version", "version, uptime, reloads", json_reply<version_json>},
      {"/api/v1/numbers", "all traffic in one object", json_reply<numbers_json>},
      {"/api/v1/listeners", "where clients come in", json_reply<listeners_json>},
      {"/api/v1/sites", "sites and their traffic", json_reply<sites_json>},
      {"/api/v1/routes", "routes and their traffic", json_reply<routes_json>},
      {"/api/v1/upstreams", "backends of the plan", json_reply<backends_json>},
      {"/api/v1/servers", "servers of all pools", json_reply<servers_json>},
      {"/api/v1/workers", "workers that have joined", json_reply<workers_json>},
      {"/api/v1/streams", "requests that are open, the oldest first", json_reply<streams_json>, CensusScope::streams},
      {"/api/v1/wamp",
       "clients of WAMP and their sessions, the oldest first: realm, authid, worker, limit, after",
       nullptr,
       CensusScope::wamp,
       {"realm", "authid", "worker", "limit", "after"},
       read_wamp},
      {"/api/v1/requests",
       "the last failed requests and the slowest ones",
       nullptr,
       CensusScope::requests,
       {"failed", "slow"},
       read_requests},
      {"/api/v1/circuits",
       "services of sessions: session, service, owner",
       circuits_reply,
       CensusScope::circuits,
       {"session", "service", "owner"}},
      {"/api/v1/circuits/", "one of them, by its id", circuit_reply, CensusScope::circuits},
      {"/api/v1/certificates", "certificates in use", json_reply<certificates_json>},
      {"/api/v1/limits", "rates and open requests that sites and routes allow", json_reply<limits_json>},
      {"/api/v1/counters", "the router's own counters", json_reply<counters_json>},
      {"/api/v1/config", "what the configuration file says, without its secrets", json_reply<config_json>},
      {"/api/v1/log", "the level of the log", json_reply<log_json>},
      {"/api/v1/events",
       "what happens, as server-sent events; after=ID resumes",
       nullptr,
       CensusScope::numbers,
       {"after"},
       read_events},
      {"/api/v1/explain",
       "what would become of a request: method, url, client, certificate=1",
       nullptr,
       CensusScope::numbers,
       {"method", "url", "client", "certificate"},
       read_explain},
      {"/api/v1/openapi.json", "this API, as OpenAPI 3.1", nullptr, CensusScope::numbers, {}, open_api},
  };
  return kPages;
}

}  // namespace

std::span<const AdminPage> admin_pages() { return pages(); }

const AdminPage* find_page(std::string_view path) {
  const auto is_it = [&](const AdminPage& one) {
    if (!one.path.ends_with('/')) return one.path == path;
    return path.size() > one.path.size() && path.starts_with(one.path) &&
           path.find('/', one.path.size()) == std::string_view::npos;
  };
  const auto found = std::find_if(pages().begin(), pages().end(), is_it);
  return found == pages().end() ? nullptr : &*found;
}

}  // namespace zeroway
