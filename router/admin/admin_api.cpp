#include "router/admin/admin_api.h"

#include "router/admin/admin_actions.h"
#include "router/admin/admin_pages.h"
#include "router/admin/browser_page.h"
#include "router/admin/json_text.h"

namespace zeroway {

namespace {

// The page for people who look with a browser, the index for everybody else.
AdminReply page() {
  const BrowserPage& page = browser_page();
  return {.type = "text/html; charset=utf-8", .body = page.text, .policy = page.policy};
}

AdminReply index() {
  JsonText out;
  out.object();
  for (const AdminPage& page : admin_pages())
    out.member(page.path.ends_with('/') ? page.path + "ID" : page.path, page.what);
  for (const AdminAction& action : admin_actions()) out.member(name_of(action), action.what);
  out.end_object();
  return {.body = out.take()};
}

AdminReply wrong_method(const std::string& allowed) {
  AdminReply reply = admin_error(405, "this path takes " + allowed);
  reply.fields.emplace_back("allow", allowed);
  return reply;
}

AdminReply front_page(const AdminRequest& request) {
  AdminReply reply = prefers_html(request.accept) ? page() : index();
  reply.fields.emplace_back("vary", "accept");
  return reply;
}

// Probes and scrapers add what they like.
bool is_strict(const AdminPage& page) { return page.path.starts_with("/api/v1/"); }

AdminStep read_page(const AdminPage& page, const AdminRequest& request) {
  if (const auto unknown = unknown_parameter(request.query, page.parameters); unknown && is_strict(page))
    return admin_error(400, page.path + ": there is no parameter '" + *unknown + "'");
  return page.read != nullptr ? page.read(request) : AdminStep(Ask{page.write, {page.scope}});
}

}  // namespace

AdminStep step_of(const AdminRequest& request) {
  const AdminPage* const page = find_page(request.path);
  if (request.is_reading() && page != nullptr) return read_page(*page, request);
  if (request.is_reading() && request.path == "/") return front_page(request);
  if (request.is_reading() && request.path == "/api/v1") return index();
  std::string allowed = page != nullptr ? "GET, HEAD" : "";
  for (const AdminAction& action : admin_actions()) {
    const auto name = name_in(action, request.path);
    if (!name) continue;
    if (action.method == request.method) return action.read(request, *name);
    allowed.append(allowed.empty() ? "" : ", ").append(action.method);
  }
  if (!allowed.empty()) return wrong_method(allowed);
  return admin_error(404, "there is no " + request.path + ": GET / names the paths");
}

AdminReply changed(const Change& change, const Result<std::size_t>& met) {
  const bool is_circuits = change.kind == Change::Kind::circuits;
  if (!met && is_circuits) return admin_error(met.error().code == Code::bad_request ? 400 : 500, met.error().detail);
  if (!met) return admin_error(409, met.error().detail);
  if (*met == 0 && is_circuits && !change.members.empty())
    return admin_error(404, "there is no circuit '" + change.members.front() + "'");
  if (*met == 0 && change.kind == Change::Kind::close_stream)
    return admin_error(404, "no request with this id is open: it may be over");
  if (*met == 0 && change.kind == Change::Kind::close_of)
    return admin_error(
        404, "'" + change.members.front() + "' has no open request and no session of WAMP, or is nobody's name");
  if (*met == 0 && !is_circuits) return admin_error(404, "nobody is named '" + change.members.front() + "'");
  JsonText out;
  out.object().member("status", "ok").member("changed", *met).end_object();
  return {.body = out.take()};
}

}  // namespace zeroway
