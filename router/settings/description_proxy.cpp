#include <algorithm>
#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/description_login.h"
#include "router/settings/description_sticky.h"
#include "router/settings/description_wamp.h"
#include "router/settings/limits.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

constexpr Millis kShortest{1};
constexpr const char* kBalanceWords =
    "one of round_robin, weighted, least_connections, random_two, ip_hash, hash:FIELD, first";

Fit read_url(MemberSettings& member, const Value& value) {
  auto text = take_text(value);
  if (!text.value) return text.fit;
  auto target = read_member_url(*text.value);
  if (target) {
    member.url = std::move(*text.value);
    member.target = std::move(*target);
    return Fit::yes;
  }
  value.reading.error(value.node.place, value.where + " = " + value.node.show() + ": " + target.error().detail +
                                            "; wants " + kMemberUrlForms);
  return Fit::said;
}

Fit read_statuses_list(HealthSettings& health, const Value& value) {
  if (value.node.kind != Node::Kind::list || value.node.children.empty()) return Fit::no;
  std::vector<StatusRange> ranges;
  for (const Node& item : value.node.children) {
    const auto range = read_statuses(item.kind == Node::Kind::text ? item.text : item.show());
    if (!range) return Fit::no;
    ranges.push_back(*range);
  }
  health.expected_status = std::move(ranges);
  return Fit::yes;
}

Fit read_redirect_status(RedirectSettings& redirect, const Value& value) {
  const auto status = take_number(value);
  if (!status.value) return status.fit;
  for (const std::uint32_t one : {301U, 302U, 303U, 307U, 308U}) {
    if (one != *status.value) continue;
    redirect.status = one;
    return Fit::yes;
  }
  return Fit::no;
}

void describe_member(Keys<MemberSettings>& keys) {
  using S = MemberSettings;
  keys.located()
      .text("name", &S::name, is_some, "a text", "backend", "Name of the pool: entries of one name are one pool")
      .required()
      .other(
          "url", "URL", kMemberUrlForms, "", "\"http://127.0.0.1:3001\"",
          "Where it is: http, https, h2c, unix:/SOCKET, tcp and tls for tunnels, or workers: fabric: or fabric:GROUP",
          read_url)
      .required()
      .number("weight", &S::weight, 0, kMostWeight, "Its share in weighted and least_connections; 0 = no traffic")
      .number("max_conns", &S::max_conns, 0, 1'000'000, "Most requests at once; further ones wait; 0 = any number")
      .path("ca_file", &S::ca_file, "origin-ca.crt", "PEM: authorities for https and tls; by default the system's")
      .text("server_name", &S::server_name, is_site_host, "a host", "origin.example.com",
            "Name that the certificate must have, and that the server is told; by default the URL's host")
      .flag("verify", &S::verify, "Whether the certificate is verified")
      .path("client_cert", &S::client_cert, "router.crt", "PEM: the router's own certificate")
      .path("client_key", &S::client_key, "router.key", "PEM: its key")
      .choice("proxy_protocol", &S::proxy_protocol,
              std::vector<std::pair<std::string, ProxyProtocol>>{
                  {"off", ProxyProtocol::off}, {"v1", ProxyProtocol::v1}, {"v2", ProxyProtocol::v2}},
              "Tell the server the client's address by a PROXY header");
}

void describe_timeout(Keys<TimeoutSettings>& keys) {
  using S = TimeoutSettings;
  keys.time("connect", &S::connect, kShortest, Zero::refused,
            "Until a backend holds the request; else 502, or 503 when nobody is there")
      .time("read", &S::read, kShortest, Zero::is_off,
            "Silence of the backend before its reply and between two pieces; else 504; 0 = for ever")
      .time("write", &S::write, kShortest, Zero::is_off,
            "Time in which the backend reads nothing of a body; else 504; 0 = for ever");
}

void describe_health(Keys<HealthSettings>& keys) {
  using S = HealthSettings;
  keys.located()
      .flag("enabled", &S::enabled, "Ask each member now and then, besides what requests show")
      .text("path", &S::path, is_path, "a path that begins with /", "", "What is asked")
      .time("interval", &S::interval, Millis(100), Zero::refused, "Time between two questions")
      .time("timeout", &S::timeout, kShortest, Zero::refused, "Longest time for the answer")
      .number("retries", &S::retries, 1, 100, "Wrong answers in a row until a member gets no requests")
      .number("rise", &S::rise, 1, 100, "Right answers in a row until it gets requests again")
      .other("expected_status", "[STATUS, …]", "a list of statuses, as 200, \"2xx\" or \"200-399\"", "[\"200-399\"]",
             "", "Statuses of a right answer", read_statuses_list)
      .number("fall", &S::fall, 1, 1'000, "Failed requests in a row until a member gets none for back_off")
      .flag("count_5xx", &S::count_5xx, "Whether a reply with 5xx is a failed request")
      .time("back_off", &S::back_off, Millis(10), Zero::refused,
            "Time until one request tries the member again; doubles up to a minute")
      .flag("fail_open", &S::fail_open, "With all members out, try them all the same; else 503");
}

void describe_headers(Keys<ForwardingSettings>& keys) {
  using S = ForwardingSettings;
  keys.flag("preserve_host", &S::preserve_host, "The backend sees the client's Host; else its own")
      .flag("add_x_forwarded", &S::add_x_forwarded, "Tell the backend X-Forwarded-For, -Proto, -Host and -Port")
      .flag("add_forwarded", &S::add_forwarded, "Tell the backend Forwarded (RFC 7239)")
      .fields("add", &S::add, "{ \"X-Request-ID\" = \"auto\" }",
              "Fields added to requests and replies. A value may hold $remote_addr, $host, $request_id and others")
      .field_names("remove", &S::remove, "[\"X-Powered-By\"]", "Fields removed from requests and replies")
      .fields("request_add", &S::request_add, "{ \"X-Client\" = \"$remote_addr\" }", "Fields added to requests")
      .fields("request_set", &S::request_set, "{ \"X-Site\" = \"$site\" }",
              "Fields of requests, in the place of others")
      .field_names("request_remove", &S::request_remove, "[\"Cookie\"]", "Fields removed from requests")
      .fields("response_add", &S::response_add, "{ \"X-Gateway\" = \"zeroway\" }", "Fields added to replies")
      .fields("response_set", &S::response_set, "{ \"Cache-Control\" = \"no-store\" }",
              "Fields of replies, in the place of others")
      .field_names("response_remove", &S::response_remove, "[\"Server\"]", "Fields removed from replies");
}

void describe_redirect(Keys<RedirectSettings>& keys) {
  using S = RedirectSettings;
  keys.located()
      .other("status", "N", "301, 302, 303, 307 or 308", "301", "", "Status of the reply", read_redirect_status)
      .text("to", &S::to, is_redirect_target, "a path or an http(s):// URL, as /new/$1", "/new/$1",
            "Where clients are sent; $1 is the first part of pattern; $host and others as in fields",
            Reading::Dollars::keep)
      .required()
      .text("pattern", &S::pattern, is_some, "a regular expression", "^/old/(.*)$",
            "Which paths of the route, as a regular expression; by default all", Reading::Dollars::keep);
}

void describe_route_target(Keys<RouteSettings>& keys) {
  using S = RouteSettings;
  keys.text("path", &S::path, is_path, "a path that begins with /, without a query", "/api/",
            "Requests for this path and all below it; the longest one wins")
      .required()
      .list("methods", &S::methods, is_method, "a method, as GET", "[\"GET\", \"HEAD\"]",
            "Only requests with these methods")
      .text("upstream", &S::pool, is_some, "the name of a pool, fabric or fabric:GROUP", "",
            "Pool that answers; fabric: workers that connect")
      .sample("\"backend\"")
      .flag("strip_prefix", &S::strip_prefix, "The backend does not see path")
      .flag("rewrite_location", &S::rewrite_location,
            "Location of replies gets path again where strip_prefix took it off, and loses BASE of a server's url")
      .flag("rewrite_cookie_path", &S::rewrite_cookie_path, "The same for the Path of cookies")
      .text("rewrite_target", &S::rewrite_target, is_path, "a path that begins with /", "/v2/",
            "What the backend sees in the place of the whole path; the query stays")
      .flag("websocket", &S::websocket, "Whether WebSockets may be opened")
      .flag("tunnel", &S::tunnel,
            "WebSockets of the route carry the bytes of a TCP service: binary messages go to a server of a pool with "
            "tcp://, tls:// or unix:, or to workers")
      .flag("client_certificate", &S::client_certificate, "Answer 403 to clients that have shown no certificate")
      .choice("encoded_slashes", &S::encoded_slashes,
              std::vector<std::pair<std::string, EncodedSlashes>>{{"refuse", EncodedSlashes::refuse},
                                                                  {"pass", EncodedSlashes::pass}},
              "%2F and %5C in paths, which servers read in different ways; refuse: 400");
}

void describe_route_terms(Keys<RouteSettings>& keys) {
  using S = RouteSettings;
  keys.number("retries", &S::retries, 0, kMostRetries, "sites.proxy.retries for the route")
      .flag("intercept_errors", &S::intercept_errors, "sites.proxy.intercept_errors for the route")
      .other("balance", "WORD", kBalanceWords, "", "\"least_connections\"",
             "sites.proxy.load_balancing.method for the route",
             [](S& route, const Value& value) { return read_balance_word(route.balance, value); })
      .words(balance_words())
      .other("sticky_sessions", "HOW", kStickyForms, "", "\"cookie\"",
             "sites.proxy.load_balancing.sticky_sessions for the route",
             [](S& route, const Value& value) { return read_sticky(route.balance.sticky, value); })
      .words(sticky_words())
      .size(
          "max_body", [](S& s) -> std::uint64_t& { return s.terms.max_body; }, 0, std::uint64_t{1} << 62,
          "limits.max_body for the route")
      .time(
          "body_timeout", [](S& s) -> Millis& { return s.terms.body_timeout; }, kShortest, Zero::refused,
          "limits.body_timeout for the route")
      .size(
          "body_rate", [](S& s) -> std::uint64_t& { return s.terms.body_rate; }, 0, 1 << 30,
          "limits.body_rate for the route");
}

void describe_route(Keys<RouteSettings>& keys) {
  using S = RouteSettings;
  keys.located();
  describe_route_target(keys);
  describe_route_terms(keys);
  describe_access(keys);
  keys.choice(
      "login", [](S& s) -> LoginSettings::Use& { return s.login.use; },
      std::vector<std::pair<std::string, LoginSettings::Use>>{{"as_site", LoginSettings::Use::as_site},
                                                              {"off", LoginSettings::Use::off}},
      "Whether the site's login is wanted here, too; basic_auth, jwt or forward_auth of the route replaces it");
  describe_login(keys);
  keys.optional_table("redirect", &S::redirect, "Answer with a redirect, in the place of upstream", describe_redirect)
      .table(
          "wamp",
          [](S& s) -> WampSettings& {
            s.wamp.enabled = true;
            return s.wamp;
          },
          "true, or a table: sessions of WAMP go to whoever has their realm, in the place of upstream", describe_wamp)
      .optional()
      .or_short(read_wamp_flag)
      .table("timeout", &S::timeout, "sites.proxy.timeout for the route", describe_timeout)
      .table("headers", &S::headers, "Further rules, after those of sites.proxy.headers", describe_headers)
      .table("compression", &S::compression, "sites.compression for the route", describe_compression)
      .table(
          "websocket_settings", [](S& s) -> WebSocketSettings& { return s.terms.web_sockets; },
          "[websocket] for the route", describe_web_sockets);
}

RouteSettings begin_route(const ProxySettings& proxy) {
  RouteSettings route;
  route.retries = proxy.retries;
  route.intercept_errors = proxy.intercept_errors;
  route.balance = proxy.balance;
  route.timeout = proxy.timeout;
  route.headers = proxy.headers;
  route.terms = proxy.terms;
  route.access = proxy.access;
  route.compression = proxy.compression;
  return route;
}

}  // namespace

const std::vector<std::string>& balance_words() {
  static const std::vector<std::string> kWords{"round_robin", "weighted", "least_connections",
                                               "random_two",  "ip_hash",  "first"};
  return kWords;
}

Fit read_balance_word(BalanceSettings& balance, const Value& value) {
  const auto word = take_text(value);
  if (!word.value) return word.fit;
  if (word.value->starts_with("hash:")) {
    const auto field = take_field_name(word.value->substr(5));
    if (field) balance.method = "hash:" + *field;
    return field ? Fit::yes : Fit::no;
  }
  const std::string name = *word.value == "least_conn" ? "least_connections" : *word.value;  // as others call it
  const auto& words = balance_words();
  if (std::find(words.begin(), words.end(), name) == words.end()) return Fit::no;
  balance.method = name;
  return Fit::yes;
}

void describe_proxy(Keys<ProxySettings>& keys) {
  using S = ProxySettings;
  keys.located()
      .flag("enabled", &S::enabled, "Whether the routes below are served")
      .sample("true")
      .number("retries", &S::retries, 0, kMostRetries,
              "How often a request is opened again after a backend failed, if that is safe; by default as [requests]")
      .flag("intercept_errors", &S::intercept_errors,
            "The site's error_pages replace the bodies of backends' replies, too, not only the router's own")
      .table(
          "load_balancing", &S::balance, "Which member of a pool gets a request",
          [](Keys<BalanceSettings>& below) {
            below
                .other("method", "WORD", kBalanceWords, "\"round_robin\"", "",
                       "In turn; by weight; fewest open requests for its weight; the better of two at random; by the "
                       "client's address; by a field of the request; the first that is well",
                       read_balance_word)
                .words(balance_words())
                .other("sticky_sessions", "HOW", kStickyForms, "false", "",
                       "Whether requests of one client go to the same member; by default as [requests] says",
                       [](BalanceSettings& balance, const Value& value) { return read_sticky(balance.sticky, value); })
                .words(sticky_words());
            describe_sticky_cookie(below);
          })
      .table("health_check", &S::health, "When a member gets no requests", describe_health)
      .table("timeout", &S::timeout, "How long a backend may take", describe_timeout)
      .table("headers", &S::headers, "What is changed in heads", describe_headers)
      .tables(
          "upstreams", &S::members, [](const S&) { return MemberSettings{}; }, "Members of pools", describe_member)
      .tables("routes", &S::routes, begin_route, "Which paths go where", describe_route);
}

}  // namespace zeroway
