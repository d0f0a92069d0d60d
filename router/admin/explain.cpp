#include "router/admin/explain.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "proto/head_rules.h"
#include "router/admin/admin_request.h"
#include "router/admin/explain_members.h"
#include "router/admin/limits.h"
#include "router/admin/plan_json.h"
#include "router/exchange/error_reply.h"
#include "router/plan/route_demands.h"
#include "router/route/canonical_path.h"
#include "router/route/circuit_path.h"
#include "router/route/ip_address.h"

namespace zeroway {

namespace {

Error clients(Code code, std::string detail) { return {Fault::client, code, false, std::move(detail)}; }
Error wrong(std::string detail) { return clients(Code::bad_request, std::move(detail)); }

struct Scheme {
  std::string_view name;
  bool is_tls, is_web_socket;
  std::uint16_t port;
};
constexpr std::array kSchemes{Scheme{"http", false, false, 80}, Scheme{"https", true, false, 443},
                              Scheme{"ws", false, true, 80}, Scheme{"wss", true, true, 443}};

// Behind the last ':' of an authority, or of a listener's URL; nothing when there is none.
std::optional<std::uint16_t> port_in(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos) return std::nullopt;
  const auto port = read_number(text.substr(colon + 1));
  return port && *port <= UINT16_MAX ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
}

Result<> read_url(ExplainQuestion& question) {
  const std::string& url = question.url;
  const auto colon = url.find("://");
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& one) {
    return one.name == std::string_view(url).substr(0, colon);
  });
  if (colon == std::string::npos || scheme == kSchemes.end())
    return wrong("url = " + url + ": wants http://, https://, ws:// or wss://, a host and a path");
  const auto begin = colon + 3;
  const auto end = std::min(url.find_first_of("/?", begin), url.size());
  question.authority = url.substr(begin, end - begin);
  if (question.authority.empty() || question.authority.find('@') != std::string::npos)
    return wrong("url = " + url + ": wants a host, and no user");
  question.is_tls = scheme->is_tls;
  question.is_web_socket = scheme->is_web_socket;
  question.port = port_in(question.authority).value_or(scheme->port);
  question.target = url.substr(end, url.find('#', end) - end);
  if (!question.target.starts_with('/')) question.target.insert(0, "/");
  return {};
}

}  // namespace

Result<ExplainQuestion> read_explain_question(std::string_view query) {
  ExplainQuestion question;
  const auto url = query_value(query, "url");
  if (!url) return wrong("url is missing: explain?url=http://HOST/PATH, and perhaps method, client, certificate=1");
  question.url = *url;
  if (auto read = read_url(question); !read) return read.error();
  if (const auto method = query_value(query, "method")) question.method = *method;
  if (!is_token(question.method)) return wrong("method = " + question.method + ": wants the name of a method, as GET");
  if (const auto client = query_value(query, "client")) question.client = *client;
  if (!read_ip_address(question.client)) return wrong("client = " + question.client + ": wants a numeric address");
  if (const auto certificate = query_value(query, "certificate")) {
    if (*certificate != "0" && *certificate != "1") return wrong("certificate = " + *certificate + ": wants 0 or 1");
    question.has_certificate = *certificate == "1";
  }
  return question;
}

namespace {

std::string why_sticky(const StickyRule& rule) {
  switch (rule.by) {
    case StickyRule::By::cookie:
      return "a request with the cookie " + rule.name + " goes to the member that it names; this one has none";
    case StickyRule::By::address:
      return "requests of one address go to one member, as long as it has room";
    case StickyRule::By::field:
      return "requests with one value of " + rule.name + " go to one member, as long as it has room";
  }
  return "";
}

std::string who_may(const CircuitGuard& guard) {
  if (!guard.rule->tokens) return "nobody may use the service: the site has no jwt_secret_file";
  const std::string& user = guard.rights.user;
  return "clients with a token for " + guard.name() + " in Authorization, or with a permit for " +
         (user.empty() ? "it" : "the services of " + user) + " in the cookie " + std::string(kPermitCookie) +
         " may use the service; this request has none";
}

// Goes the way of a request; each stage returns whether the next one is reached.
class Explainer {
 public:
  Explainer(const ExplainQuestion& question, const Census& census)
      : question_(question), census_(census), claims_(census) {}

  [[nodiscard]] Explanation run() {
    if (find_listener() && find_site() && take_path() && find_route() && judge() && answer_itself()) {
      tell_terms();
      out_.answer = Explanation::Answer::backend;
      explain_members(census_, claims_, question_.authority, path_, out_);
    }
    if (out_.error && out_.status == 0) out_.status = error_status(out_.error->code);
    return std::move(out_);
  }

 private:
  void step(std::string_view step, std::string what, bool has_matched, std::string why) {
    out_.steps.push_back({step, std::move(what), has_matched, std::move(why)});
  }
  bool fail(Error error) {
    out_.answer = Explanation::Answer::error;
    out_.error = std::move(error);
    return false;
  }

  // --- the listener

  [[nodiscard]] std::string why_not(const ListenerFacts& facts) const {
    const ListenerSpec& spec = census_.plan->listeners[facts.index];
    if (!spec.socket_path.empty()) return "a unix socket";
    if (spec.is_tls != question_.is_tls) return spec.is_tls ? "it speaks TLS" : "it speaks no TLS";
    const auto port = port_in(facts.url);
    return port == question_.port ? "" : "its port is " + std::to_string(port.value_or(0));
  }

  // The circuit whose port the URL has; "" = none.
  [[nodiscard]] std::string circuit_at_port() const {
    if (census_.circuits == nullptr) return {};
    for (const auto& [path, port] : census_.circuits->ports)
      if (port == question_.port) return path;
    return {};
  }

  [[nodiscard]] bool listen_at_port() {
    const std::string what = "port " + std::to_string(question_.port);
    const CircuitSpec* const spec = spec_of(circuit_at_port_);
    listener_ = &census_.plan->circuit_ports->http;
    std::string why = "it is that of circuit " + circuit_at_port_;
    if (spec != nullptr && spec->protocol == CircuitSpec::Protocol::tcp) {
      why.append(", which speaks TCP");
    } else if (listener_->is_tls != question_.is_tls) {
      why.append(listener_->is_tls ? ", which speaks TLS" : ", which speaks no TLS");
    } else {
      step("listener", what, true, std::move(why));
      return true;
    }
    step("listener", what, false, why);
    return fail(clients(Code::misdirected, what + ": " + why));
  }

  [[nodiscard]] bool find_listener() {
    circuit_at_port_ = circuit_at_port();
    if (!circuit_at_port_.empty()) return listen_at_port();
    const ListenerFacts* in_place = nullptr;  // of the same scheme: the port may be another one outside of a container
    for (const ListenerFacts& facts : census_.listeners) {
      const ListenerSpec& spec = census_.plan->listeners[facts.index];
      const std::string why = why_not(facts);
      step("listener", facts.url, why.empty(), why.empty() ? "its port is the URL's" : why);
      if (why.empty()) return listen(facts);
      const bool fits = spec.socket_path.empty() && spec.is_tls == question_.is_tls && !spec.is_management;
      if (fits && in_place == nullptr) in_place = &facts;
    }
    if (in_place == nullptr) return fail(clients(Code::misdirected, "no listener takes such a URL: nobody connects"));
    step("listener", in_place->url, true, "the first one of this scheme: no listener has the URL's port");
    return listen(*in_place);
  }

  [[nodiscard]] bool listen(const ListenerFacts& facts) {
    listener_ = &census_.plan->listeners[facts.index];
    return true;
  }

  // --- the site

  [[nodiscard]] bool find_site() {
    out_.site = Plan::site_of(*listener_, question_.authority);
    if (out_.site == nullptr) {
      step("site", question_.authority, false, "no site of the listener has this host, and none is for all others");
      return fail(clients(Code::misdirected, "no site has this host"));
    }
    const bool is_named = listener_->sites.find_named(question_.authority) != nullptr;
    std::string why = "it has the host " + question_.authority;
    if (listener_->only_site != nullptr) {
      why = "the listener has one site";
    } else if (!is_named) {
      why = "no site has the host " + question_.authority + ": this one is for all others";
    }
    step("site", out_.site->name.empty() ? "the only site" : out_.site->name, true, std::move(why));
    return check_handshake();
  }

  [[nodiscard]] bool check_handshake() {
    const Site& site = *out_.site;
    if (!site.requires_certificate) return true;
    step("access", "client certificate", question_.has_certificate,
         question_.has_certificate ? "the client shows one" : "the site requires one: the TLS handshake fails");
    return question_.has_certificate || fail(clients(Code::denied, "no client certificate: the TLS handshake fails"));
  }

  [[nodiscard]] bool take_path() {
    target_ = question_.target;
    if (!out_.site->makes_paths_canonical) return true;
    const auto made = canonical_path(question_.target, storage_);
    if (!made) {
      step("path", question_.target, false, made.error().detail);
      return fail(made.error());
    }
    has_encoded_slash_ = made->has_encoded_slash;
    target_ = made->whole;
    step("path", target_, true, target_ == question_.target ? "as it came" : "the one form of " + question_.target);
    return true;
  }

  // --- the route

  [[nodiscard]] bool find_route() {
    path_ = target_.substr(0, target_.find('?'));
    const Site& site = *out_.site;
    if (site.to_https != nullptr)
      step("route", "redirect_to_https", !question_.is_tls,
           question_.is_tls ? "the request came by TLS" : "the request came without TLS");
    if (site.circuits != nullptr && (site.to_https == nullptr || question_.is_tls) && find_circuit()) return true;
    const Match match = Plan::match(out_.site, question_.authority, target_, question_.method, claims_,
                                    question_.is_tls ? Security::tls : Security::none);
    out_.route = match.route;
    if (match.route == nullptr || match.route != site.to_https) tell_routes(match);
    switch (match.miss) {
      case Match::Miss::none:
        break;
      case Match::Miss::wrong_method:
        miss_ = clients(Code::method_not_allowed, "the route takes " + match.allowed);
        break;
      default:
        miss_ = clients(Code::no_route, "no route has this path");
    }
    if (out_.route != nullptr) check_demands();
    return true;  // who may not ask is told so first
  }

  // Those that workers announce come before all other paths.
  [[nodiscard]] bool find_circuit() {
    if (!circuit_at_port_.empty()) return is_host_circuit_ = take_circuit(circuit_at_port_);
    const std::string label = label_below(question_.authority, out_.site->circuit_domains);
    std::vector<std::string> names = circuits_of_label(label);
    for (const auto& view : named_circuits(census_))
      if (!label.empty() && view->is_in_force() && view->spec().subdomain == label)
        names.insert(names.begin(), view->spec().path());
    is_host_circuit_ = std::any_of(names.begin(), names.end(), [&](const auto& name) { return take_circuit(name); });
    return is_host_circuit_ || take_circuit(std::string(circuit_of(target_)));
  }

  [[nodiscard]] bool take_circuit(const std::string& name) {
    if (name.empty()) return false;
    const auto announces = [&](const MemberFacts& member) {
      return member.kind == MemberFacts::Kind::worker && member.pool == name && member.state != "leaving";
    };
    const bool is_announced = std::any_of(census_.members.begin(), census_.members.end(), announces);
    const CircuitSpec* const spec = spec_of(name);
    const bool is_there = is_announced || spec != nullptr;
    std::string why = is_announced ? "workers announce the service" : "no worker announces the service";
    if (spec != nullptr) why += ", the management API names it: circuit " + spec->id;
    step("route", "circuit " + name, is_there, std::move(why));
    if (!is_there) return false;
    out_.route = out_.site->circuits;
    out_.circuit = name;
    return true;
  }

  void check_demands() {
    const auto fits = check_route_demands(*out_.route, {.path = path_,
                                                        .has_encoded_slash = has_encoded_slash_,
                                                        .is_web_socket = question_.is_web_socket,
                                                        .has_certificate = question_.has_certificate});
    if (!fits) miss_ = fits.error();
  }

  void tell_routes(const Match& match) {
    std::size_t others = 0;
    for (const Route& route : census_.plan->routes) {
      if (route.site != out_.site || route.path.empty() || &route == out_.site->to_https) continue;
      if (&route != match.route && !is_above(route) && ++others > kMostRoutesTold) continue;
      step("route", name_of(route), &route == match.route, why_route(route, match));
    }
    if (others > kMostRoutesTold)
      step("route", std::to_string(others - kMostRoutesTold) + " more routes", false, "the path is not below theirs");
    tell_claims(match);
    if (out_.site->files != nullptr)
      step("route", "files", match.route == out_.site->files,
           match.route == out_.site->files ? "no route and no worker has the path"
                                           : "they come after routes and workers");
  }

  void tell_claims(const Match& match) {
    const Route* const workers = out_.site->workers;
    if (workers == nullptr) return;
    const PoolId pool = claims_.pool_of(question_.authority, path_);
    const bool is_taken = match.route == workers;
    std::string why = "no worker claims the path";
    if (pool != kOpenPool) {
      why = is_taken ? "workers claim the path" : "the claim of the workers is not longer than the route";
    } else if (is_taken) {
      why = "nobody claims the path: workers that serve everything have it";
    }
    step("route", "workers", is_taken, std::move(why));
  }

  [[nodiscard]] static std::string name_of(const Route& route) {
    return route.methods.is_every() ? route.path : route.methods.text() + " " + route.path;
  }

  [[nodiscard]] bool is_above(const Route& route) const {
    std::string_view prefix = route.path;
    if (prefix.ends_with('/')) prefix.remove_suffix(1);
    return path_.starts_with(prefix) && (path_.size() == prefix.size() || path_[prefix.size()] == '/');
  }

  [[nodiscard]] std::string why_route(const Route& route, const Match& match) const {
    if (&route == match.route) return "the longest path that the request is below";
    if (!is_above(route)) return "the path is not below it";
    if (match.miss == Match::Miss::wrong_method && !route.methods.is_every() && !route.methods.holds(question_.method))
      return "it does not take " + question_.method;
    if (match.route == out_.site->workers) return "the claim of the workers is longer";
    const bool is_same_path = match.route != nullptr && match.route->path == route.path;
    if (is_same_path) return "another route of this path takes " + question_.method;
    return "a longer path wins";
  }

  // --- who may do what

  [[nodiscard]] bool judge() {
    const AccessRules* const rules = out_.route != nullptr ? out_.route->access : out_.site->access;
    if (rules != nullptr && !obey(*rules)) return false;
    if (!out_.circuit.empty() && !ask_permit(guard_of_circuit())) return false;
    if (rules != nullptr && rules->has_login() && !log_in(rules->login)) return false;
    if (!miss_) return true;
    step("route", path_, false, miss_->detail);
    return fail(*miss_);
  }

  [[nodiscard]] bool obey(const AccessRules& rules) {
    if (!rules.networks.is_empty()) {
      auto error = judge_networks(rules.networks, question_.client);
      step("access", "allow, deny", !error, error ? error->detail : question_.client + " may ask");
      if (error) return fail(std::move(*error));
    }
    if (rules.cors) step("access", "cors", true, "preflights are answered by the router");
    if (rules.rate)
      step("access", "rate_limit", true,
           std::to_string(rules.rate->requests) + " requests in " +
               std::to_string(rules.rate->per.count() / 1'000'000) + " ms, by " + key_text(*rules.rate) +
               ": 429 beyond");
    if (!rules.open.is_empty()) step("access", "open requests", true, "counted: 429 or 503 beyond the limit");
    return true;
  }

  // What the management API says of a service; null = nothing.
  [[nodiscard]] const CircuitSpec* spec_of(const std::string& circuit) const {
    if (census_.circuits == nullptr) return nullptr;
    for (const auto& view : census_.circuits->all)
      if (view->is_in_force() && view->spec().path() == circuit) return &view->spec();
    return nullptr;
  }

  [[nodiscard]] CircuitGuard guard_of_circuit() const {
    const CircuitSpec* const spec = spec_of(out_.circuit);
    return {out_.site->circuits->permits, out_.circuit, spec == nullptr ? CircuitRights() : rights_of(*spec)};
  }

  // A request of this form has neither a token nor a permit.
  [[nodiscard]] bool ask_permit(const CircuitGuard& guard) {
    if (!guard.allowed().is_empty()) {
      auto error = judge_address(guard, question_.client);
      step("access", "allowed_client_ips", !error, error ? error->detail : question_.client + " may ask");
      if (error) return fail(std::move(*error));
    }
    if (guard.is_open()) {
      step("access", "open_to_public", true, "everybody may use the service");
      return true;
    }
    step("access", "open_to_public", false, who_may(guard) + "; a preflight passes");
    return fail(clients(Code::unauthorized, "no token and no permit"));
  }

  // A request of this form has no login.
  [[nodiscard]] bool log_in(const LoginRule& rule) {
    const auto* const token = std::get_if<JwtRule>(&rule);
    if (token != nullptr && token->is_optional) {
      step("access", "jwt", true, "a token may be missing");
      return true;
    }
    if (std::holds_alternative<ForwardRule>(rule)) {
      step("access", "forward_auth", true, "the login service decides: what follows holds when it says yes");
      return true;
    }
    step("access", token != nullptr ? "jwt" : "basic", false, "the request has no login");
    return fail(clients(Code::unauthorized, token != nullptr ? "no token" : "no user and password"));
  }

  // --- the answer

  [[nodiscard]] bool answer_itself() {
    const Route& route = *out_.route;
    switch (route.own_answer) {
      case OwnAnswer::none:
        return is_host_circuit_ || out_.circuit.empty() || out_.circuit != path_ || redirect_to_slash();
      case OwnAnswer::redirect:
        return redirect(route);
      case OwnAnswer::to_https:
        out_.answer = Explanation::Answer::redirect;
        out_.status = permanent_status(question_.method);
        return false;
      case OwnAnswer::setup:
        step("route", "setup", true, "a token in the query gives a permit for its service, and leads to the service");
        out_.answer = Explanation::Answer::setup;
        return false;
      default:
        out_.answer = Explanation::Answer::health;
        return false;
    }
  }

  [[nodiscard]] bool redirect_to_slash() {
    step("route", "redirect", true, "to " + out_.circuit + "/");
    out_.answer = Explanation::Answer::redirect;
    out_.status = 308;
    return false;
  }

  [[nodiscard]] bool redirect(const Route& route) {
    std::string storage, location;
    const auto path = canonical_path(target_, storage);
    const std::string_view query = path ? path->query() : std::string_view();
    const FieldValues values{.remote_addr = question_.client,
                             .host = question_.authority,
                             .scheme = question_.is_tls ? "https" : "http",
                             .method = question_.method,
                             .path = path_,
                             .query = query.empty() ? query : query.substr(1),
                             .site = out_.site->name};
    if (!path) return fail(path.error());
    const auto matched = route.redirect->write(*path, values, location);
    if (!matched) return fail(matched.error());
    const bool is_match = *matched != RewritePattern::Matched::no;
    step("route", "redirect", is_match, is_match ? "to " + location : "its pattern does not match the path");
    if (!is_match) return fail(clients(Code::no_route, "the redirect's pattern does not match the path"));
    out_.answer = Explanation::Answer::redirect;
    out_.status = route.redirect_status;
    return false;
  }

  void tell_terms() {
    const Route& route = *out_.route;
    step("terms", "body", true,
         route.terms.max_body == 0 ? "of any length" : "at most " + std::to_string(route.terms.max_body) + " bytes");
    step("terms", "retries", true, "at most " + std::to_string(route.retries) + " openings after the first");
    if (route.sticky) step("terms", "sticky_sessions", true, why_sticky(*route.sticky));
    const std::string& prefix = out_.circuit.empty() ? route.path : out_.circuit;
    if (route.strips_prefix && !is_host_circuit_)
      step("terms", "strip_prefix", true, prefix + " is taken off the path");
    if (route.new_path) step("terms", "rewrite_target", true, "the backend gets " + *route.new_path);
  }

  const ExplainQuestion& question_;
  const Census& census_;
  const ClaimsOfCensus claims_;
  Explanation out_;
  const ListenerSpec* listener_ = nullptr;
  bool is_host_circuit_ = false;  // the host or the port names the circuit, not the path
  std::string circuit_at_port_;   // "" = the URL's port is that of no circuit
  std::string target_, path_, storage_;
  bool has_encoded_slash_ = false;
  std::optional<Error> miss_;  // why nobody answers, if the rules of access let the request pass
};

}  // namespace

Explanation explain(const ExplainQuestion& question, const Census& census) { return Explainer(question, census).run(); }

}  // namespace zeroway
