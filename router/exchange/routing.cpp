#include "router/exchange/routing.h"

#include <algorithm>
#include <utility>

#include "router/exchange/client_address.h"
#include "router/exchange/hidden_parameters.h"
#include "router/plan/access_rules.h"
#include "router/plan/route_demands.h"
#include "router/route/canonical_path.h"
#include "router/route/reply_paths.h"

namespace zeroway {

namespace {

Error clients(Code code, std::string detail) { return {Fault::client, code, false, std::move(detail)}; }

std::string_view without_query(std::string_view path) { return path.substr(0, path.find('?')); }

std::string_view query_of(std::string_view path) {
  const auto mark = path.find('?');
  return mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
}

std::string_view without_last_slash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// What was taken off the path, behind what a trusted proxy has taken off before.
void tell_prefix(std::string_view prefix, Head& head) {
  constexpr std::string_view kField = "x-forwarded-prefix";
  const std::string before(head.find(kField).value_or(""));
  head.set(kField, std::string(without_last_slash(before)).append(without_last_slash(prefix)));
}

}  // namespace

void Routing::clear() {
  answer_ = {};
  secrets_ = nullptr;
  has_encoded_slash_ = is_misdirected_ = false;
  raw_target_.clear();
  client_path_.clear();
  request_id_.clear();
}

void Routing::find_site(const ClientInfo& client, const Head& head) {
  answer_.pin = PlanPin(*client.listener->pin);
  answer_.site = Plan::site_of(client.listener->spec(), head.authority());
  const bool is_known = site() != nullptr && !head.authority().empty();
  secrets_ = is_known ? &site()->secret_parameters : &answer_.pin->plan->secret_parameters;
}

Result<> Routing::find(const ClientInfo& client, Head& head, Kind kind) {
  if (auto fits = check_handshake(client); !fits) {
    is_misdirected_ = true;
    return fits;
  }
  if (site() != nullptr && site()->makes_paths_canonical) {
    if (auto made = make_canonical(head); !made) return made;
  }
  answer_ = PlanInUse::match(*client.listener, site(), head, method_of(head), security_of(client, head));
  switch (answer_.miss) {
    case Match::Miss::none:
      return judge(client, head, kind);
    case Match::Miss::wrong_host:
      return clients(Code::misdirected, "no site has this host");
    case Match::Miss::wrong_method:
      return clients(Code::method_not_allowed, "the route takes " + answer_.allowed);
    case Match::Miss::no_route:
      break;
  }
  if (answer_.may_come)
    return Error{Fault::router, Code::no_backend, true, "the coordinator has not said yet which circuits there are"};
  return clients(Code::no_route, "no route has this path");
}

// Both routes change nothing in the request, and want the same of it.
bool Routing::find_realms(const Head& head) {
  if (site() == nullptr || site()->wamp == nullptr || answer_.route != site()->workers) return false;
  const Match now = Plan::match(site(), head.authority(), head.path(), head.method(), *answer_.pin, Security::tls);
  if (now.route != site()->wamp) return false;
  answer_.route = now.route;
  answer_.backend = answer_.pin->backends[now.route->backend].get();
  return true;
}

// A preflight asks about a request with another method, and the route of that request is meant.
std::string_view Routing::method_of(const Head& head) const {
  const bool answers_preflights = site() != nullptr && site()->access != nullptr && site()->access->cors;
  if (!answers_preflights || !is_preflight(head)) return head.method();
  return *head.find("access-control-request-method");
}

Result<> Routing::make_canonical(Head& head) {
  const auto path = canonical_path(head.path(), scratch_);
  if (!path) return path.error();
  has_encoded_slash_ = path->has_encoded_slash;
  if (path->whole == head.path()) return {};
  raw_target_ = head.path();
  head.set(":path", path->whole);
  return {};
}

// RFC 6066 §11.1, RFC 9110 §15.5.20. Sites that ask for no certificate share connections: browsers use one HTTP/2
// connection for all names of a certificate.
Result<> Routing::check_handshake(const ClientInfo& client) const {
  if (site() == nullptr || site()->client_authorities.empty()) return {};
  if (client.client_authorities != site()->client_authorities)
    return clients(Code::misdirected, "the TLS handshake named a site with another client_ca");
  if (site()->requires_certificate && !client.has_certificate)
    return clients(Code::misdirected, "the site requires a client certificate, the TLS handshake's site does not");
  return {};
}

// A trusted proxy may have taken the TLS off. Asked only where the answer changes something.
Security Routing::security_of(const ClientInfo& client, const Head& head) const {
  if (client.is_tls) return Security::tls;
  if (site() == nullptr || site()->to_https == nullptr) return Security::none;
  const bool is_believed = site()->trusted && site()->trusted->contain(client.address);
  return is_believed && came_by_https(head) ? Security::tls : Security::none;
}

Result<> Routing::judge(const ClientInfo& client, const Head& head, Kind kind) const {
  return check_route_demands(route(), {.path = without_query(head.path()),
                                       .has_encoded_slash = has_encoded_slash_,
                                       .is_web_socket = kind == Kind::web_socket,
                                       .has_certificate = client.has_certificate});
}

std::string_view Routing::covered_path(const Head& request) const {
  if (!route().path.empty()) return route().path;
  const auto claimed = backend().claimed(request.authority(), request.path());
  return claimed ? without_query(request.path()).substr(0, *claimed) : "/";
}

const AccessRules* Routing::access() const {
  if (is_misdirected_) return nullptr;
  if (has_route()) return route().access;
  return site() == nullptr ? nullptr : site()->access;
}

const CircuitGuard* Routing::guard() const {
  if (is_misdirected_ || answer_.circuit == nullptr || route().own_answer == OwnAnswer::setup) return nullptr;
  const CircuitGuard& guard = answer_.circuit->guard;
  return guard.is_idle() ? nullptr : &guard;
}

CircuitUse::Counts Routing::use_counts(const Head& head) const {
  using Counts = CircuitUse::Counts;
  if (answer_.circuit == nullptr || answer_.circuit->idle_ignores.is_empty()) return Counts::yes;
  std::string_view path = without_query(head.path());
  path.remove_prefix(std::min(answer_.circuit->route.path.size(), path.size()));  // "" where a host names the circuit
  return answer_.circuit->idle_ignores.have(path) ? Counts::no : Counts::yes;
}

void Routing::identify(Head& head, RequestIds& ids, Trust trust) {
  const bool has_rules =
      !route().request.is_empty() || !route().reply.is_empty() || !site()->reply.is_empty() || route().redirect;
  if (!has_rules && !site()->gives_ids) return;
  const auto own = head.find("x-request-id");
  if (trust == Trust::yes && own && RequestIds::is_fit(*own)) {
    request_id_ = *own;
  } else {
    ids.write(request_id_);
  }
  if (site()->gives_ids) head.set("x-request-id", request_id_);
}

LogPlace Routing::log_place() const {
  if (answer_.pin.is_empty()) return {};  // no head has come
  const auto& rule = site() != nullptr ? site()->log : answer_.pin->plan->log;
  if (!rule) return {};
  return {answer_.pin->logs[rule->file].get(), &rule->format};
}

void Routing::change_request(const ClientInfo& client, Head& head) {
  const Route& taken = route();
  change_path(head);
  if (!taken.request.is_empty()) taken.request.apply(head, field_values_of(client, head), scratch_);
}

void Routing::change_path(Head& head) {
  const Route& taken = route();
  if (!taken.strips_prefix && !taken.new_path) return;
  client_path_ = head.path();
  if (taken.new_path) {
    const std::string_view query = std::string_view(client_path_).substr(without_query(client_path_).size());
    head.set(":path", std::string(*taken.new_path).append(query));
    return;
  }
  const CanonicalPath whole{client_path_, without_query(client_path_)};
  head.set(":path", strip_prefix(whole, taken.path, scratch_).whole);
  if (taken.forwarding.x_forwarded) tell_prefix(taken.path, head);
}

// Before the route's own rules, which have the last word.
void Routing::move_paths(const Head& request, Head& reply) const {
  if (!has_route() || !route().strips_prefix) return;
  const PathMove move{"", without_last_slash(route().path)};
  if (route().moves_locations) move_locations(reply, move, {request.authority()});
  if (route().moves_cookies) move_cookies(reply, move);
}

void Routing::change_reply(const ClientInfo& client, const Head& request, Head& reply, Reply whose) {
  const bool is_own = whose == Reply::own;
  if (!is_own) move_paths(request, reply);
  const Site* from = site();
  if (from == nullptr) return;
  const bool has_site_changes = !from->reply.is_empty() || (is_own && !from->own_reply.is_empty());
  const bool has_route_changes = has_route() && !route().reply.is_empty();
  if (!has_site_changes && !has_route_changes) return;
  const FieldValues values = field_values_of(client, request);
  if (is_own) from->own_reply.apply(reply, values, scratch_);
  from->reply.apply(reply, values, scratch_);
  if (has_route_changes) route().reply.apply(reply, values, scratch_);
}

const ErrorBody* Routing::error_body(int status) const {
  if (site() == nullptr) return nullptr;
  const auto found = site()->error_pages.find(status);
  return found == site()->error_pages.end() ? nullptr : &found->second;
}

std::string_view Routing::shown(std::string_view target, std::string& storage) const {
  return secrets_ == nullptr ? target : hide_in_target(target, *secrets_, storage);
}

// Backends write fields into their logs.
FieldValues Routing::field_values_of(const ClientInfo& client, const Head& request) {
  FieldValues values = values_of(client, request);
  if (secrets_ != nullptr) values.query = hide_in_query(values.query, *secrets_, shown_query_);
  return values;
}

// Copies: the head is changed while its own values are written into it.
FieldValues Routing::values_of(const ClientInfo& client, const Head& request) {
  const std::string_view path = path_of(request);
  // Sites of a file know whom they trust.
  const std::string_view address = answer_.site->trusted
                                       ? client_address(request, client.address, *answer_.site->trusted)
                                       : std::string_view(client.address);
  copies_.clear();
  copies_.append(request.authority()).append(request.method()).append(address).append(path);
  const std::string_view all = copies_;
  const std::string_view host = all.substr(0, request.authority().size());
  const std::string_view method = all.substr(host.size(), request.method().size());
  const std::string_view from = all.substr(host.size() + method.size(), address.size());
  const std::string_view target = all.substr(host.size() + method.size() + from.size());
  return {.remote_addr = from,
          .host = host,
          .scheme = client.is_tls ? "https" : "http",
          .request_id = request_id_,
          .method = method,
          .path = without_query(target),
          .query = query_of(target),
          .site = answer_.site->name,
          .backend = has_route() ? std::string_view(route().backend_name) : std::string_view(),
          .tls_version = client.tls_version};
}

}  // namespace zeroway
