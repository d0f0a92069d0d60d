#include "router/settings/description.h"

#include <limits>
#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description_sticky.h"
#include "router/settings/option_groups.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

constexpr std::uint64_t kAnySize = std::numeric_limits<std::int64_t>::max();
constexpr Millis kShortest{1};

Settings& self(Settings& settings) { return settings; }

bool is_field_text(const std::string& text) { return !text.empty() && text.find_first_of("\r\n") == std::string::npos; }

void describe_server(Keys<ServerSettings>& keys) {
  keys.text("name", &ServerSettings::name, is_field_text, "a text", "", "Name in the Server field of replies")
      .text("version", &ServerSettings::version, is_field_text, "a text", "1.0",
            "Version in the Server field; by default the router's own")
      .text("description", &ServerSettings::description, is_any, "a text", "", "For people who read the file")
      .sample("\"All sites of this machine\"");
}

Fit read_request_timeout(Settings& settings, const Value& value) {
  const auto time = take_time(value);
  if (!time.value) return time.fit;
  if (*time.value < kShortest) return Fit::no;
  settings.edge.limits.head_timeout = settings.edge.limits.body_timeout = *time.value;
  return Fit::yes;
}

void describe_performance(Keys<Settings>& keys) {
  keys.number("worker_threads", &Settings::threads, 1, 256, "Loops, each with a pair of fabric ports of its own")
      .option(kProcess, "--threads")
      .number(
          "max_connections", [](Settings& s) -> std::size_t& { return s.edge.limits.max_connections; }, 1, 10'000'000,
          "Most client connections per thread; further ones wait. limits.max_connections comes first")
      .time(
          "keep_alive_timeout", [](Settings& s) -> Millis& { return s.edge.limits.idle_timeout; }, kShortest,
          Zero::refused, "Longest time between two requests on a connection. limits.idle_timeout comes first")
      .other("request_timeout", "TIME", "a time from 1ms to 3650d, as \"500ms\", \"5s\"; a plain number is seconds", "",
             "30",
             "Longest time for a request's head, and between two pieces of its body. limits.head_timeout and "
             "limits.body_timeout come first",
             read_request_timeout)
      .flag("io_uring", &Settings::io_uring, "Many replies by one call of the kernel, where it has io_uring for us")
      .flag_option(kProcess, "--no-io-uring", false,
                   "A call of the kernel for each reply; else many leave by one, where it has io_uring for us")
      .time("drain_timeout", &Settings::drain_timeout, Millis(0), Zero::is_off,
            "After SIGTERM, for open requests to end")
      .option(kProcess, "--drain-timeout")
      .idle("read_buffer_size", "buffers have the size of the windows")
      .idle("write_buffer_size", "buffers have the size of the windows")
      .idle("max_blocking_threads", "nothing blocks a thread")
      .idle("response_timeout", "sites.proxy.timeout says how long a backend may be silent")
      .idle("max_request_size", "say security.max_request_size")
      .idle("connection_pool_size", "sites.proxy.upstreams.max_conns limits connections")
      .idle("connection_pool_idle_timeout", "unused connections are closed by the router");
}

Fit read_security_headers(Settings& settings, const Value& value) {
  std::vector<FieldRule> rules;
  const Fit fit = read_fields(value, rules);
  if (fit == Fit::yes) settings.file->security.security_headers = std::move(rules);
  return fit;
}

void describe_security(Keys<Settings>& keys) {
  std::string usual = "{ ";
  for (const FieldRule& rule : SecuritySettings{}.security_headers) {
    usual += (usual.size() > 2 ? ", " : "") + show_text(rule.name) + " = " + show_text(rule.value);
  }
  keys.flag(
          "hide_server_header", [](Settings& s) -> bool& { return s.file->security.hide_server_header; },
          "No Server field on replies")
      .size(
          "max_request_size", [](Settings& s) -> std::uint64_t& { return s.edge.limits.max_body; }, 0, kAnySize,
          "Largest request body, 0 = any: 413. limits.max_body comes first")
      .other("security_headers", "{ FIELD = TEXT, … }", "a table of field names and texts", usual + " }", "",
             "Fields of replies that do not have them; a table replaces these four", read_security_headers)
      .idle("rate_limiting", "say sites.rate_limit");
}

void describe_tls(Keys<TlsSettings>& keys) {
  keys.time("handshake_timeout", &TlsSettings::handshake_timeout, kShortest, Zero::refused,
            "Longest time for a client's handshake")
      .option(kTls, "--tls-handshake-timeout")
      .time("ticket_rotation", &TlsSettings::ticket_rotation, Millis(1'000), Zero::refused,
            "Time between two keys for session tickets; the two keys before are still accepted")
      .option(kTls, "--tls-ticket-rotation");
}

void describe_requests(Keys<ExchangeSettings>& keys) {
  keys.number("retries", &ExchangeSettings::retries, 0, 100,
              "How often a request that a failed backend may have seen is opened again, if that is safe")
      .option(kRequests, "--retries")
      .number("retry_budget", &ExchangeSettings::retry_budget_percent, 0, 100,
              "Most of the open requests, in percent, that may be retries")
      .option(kRequests, "--retry-budget")
      .time("reply_timeout", &ExchangeSettings::reply_timeout, Millis(0), Zero::is_off,
            "Longest time for a worker to begin its reply, or to take more of a body; else 504; 0 = for ever")
      .option(kRequests, "--reply-timeout")
      .text("wamp_path", &ExchangeSettings::wamp_path, is_path_or_none, "a path from / on, or nothing", "",
            "Path of the sessions of WAMP whose realms workers announce, unless workers claim the path; \"\" = none")
      .option(kRequests, "--wamp", "PATH")
      .list("trusted_proxies", &ExchangeSettings::trusted_proxies, is_network,
            "a network, as 10.0.0.0/8 or 2001:db8::/32, or an address", "[\"10.0.0.0/8\"]",
            "Networks whose X-Forwarded-* and Forwarded fields are believed, on every site; repeatable")
      .option(kRequests, "--trusted-proxy", "NETWORK")
      .other("sticky_sessions", "HOW", kStickyForms, "false", "",
             "Whether requests of one client go to the same worker or server: by a cookie of the router, by the "
             "client's address, by a field of the request",
             [](ExchangeSettings& target, const Value& value) { return read_sticky(target.sticky, value); })
      .words(sticky_words())
      .option(kRequests, "--sticky", "HOW")
      .path("sticky_key_file", &ExchangeSettings::sticky_key_file, "sticky.key",
            "Secret for the cookies of sticky sessions, at least 32 bytes: routers that share it know each other's "
            "cookies. By default sticky.key in state_dir, made at the first start, if that folder is there; else a new "
            "one at each start")
      .option(kRequests, "--sticky-key-file", "FILE")
      .flag("worker_header", &ExchangeSettings::worker_header, "An X-Worker field on replies")
      .flag_option(kRequests, "--no-worker-header", false, "No X-Worker field on replies");
}

TcpSettings begin_tcp(const Settings& settings) {
  TcpSettings service;
  service.site.trusted_proxies = settings.exchange.trusted_proxies;
  service.site.ssl.acme = settings.file->acme;
  service.site.log = {{}, settings.observe.access_log, settings.observe.access_format};
  return service;
}

AppProxySettings begin_app_proxy(const Settings& settings) {
  AppProxySettings app_proxy;
  SiteSettings& site = app_proxy.site = begin_site(settings);
  site.name = "app_proxy";
  site.is_default = true;
  site.fabric = false;
  site.sessions.enabled = true;
  return app_proxy;
}

void describe_idle(Keys<Settings>& keys) {
  keys.idle("daemon", "the service manager starts, names and stops the router")
      .idle("monitoring", "/api/health and the management port tell how it is")
      .idle("caching", "replies of backends are not stored; sites.cache is about files")
      .idle("compression", "say sites.compression");
}

}  // namespace

SiteSettings begin_site(const Settings& settings) {
  SiteSettings site;
  const HttpLimits& limits = settings.edge.limits;
  site.terms = {limits.max_body, limits.body_timeout, limits.body_rate, settings.edge.web_sockets};
  site.trusted_proxies = settings.exchange.trusted_proxies;
  site.proxy.retries = settings.exchange.retries;
  site.proxy.balance.sticky = settings.exchange.sticky;
  site.sessions = settings.sessions;
  site.wamp_path = settings.exchange.wamp_path;
  if (site.sessions.sticky.by == StickyBy::nothing) site.sessions.sticky = settings.exchange.sticky;
  site.ssl.acme = settings.file->acme;
  site.log = {{}, settings.observe.access_log, settings.observe.access_format};
  return site;
}

Table describe_file() {
  Table file;
  Keys<Settings> keys(file);
  describe_idle(keys);
  keys.path("state_dir", &Settings::state_dir, "",
            "Folder for what the router keeps over a restart, as certificates that it gets itself (auto_cert), its "
            "accounts, circuits and the key of sticky sessions")
      .option(kProcess, "--state-dir", "DIR")
      .table(
          "server", [](Settings& s) -> ServerSettings& { return s.file->server; }, "What replies call the server",
          describe_server)
      .table("logging", self, "The router's log and the access log", describe_logging)
      .table("performance", self, "Threads and the most common limits", describe_performance)
      .table("security", self, "What replies say, and the largest request", describe_security)
      .optional_table(
          "tracing", [](Settings& s) -> std::optional<TracingSettings>& { return s.file->tracing; },
          "Traces of requests (W3C Trace Context), and where their spans go", describe_tracing)
      .table("management", &Settings::management, "Where operators see the router and change what may change",
             describe_management)
      .table(
          "limits", [](Settings& s) -> HttpLimits& { return s.edge.limits; }, "Limits for clients, on every listener",
          describe_limits)
      .table(
          "websocket", [](Settings& s) -> WebSocketSettings& { return s.edge.web_sockets; },
          "WebSockets with clients, where a site says nothing else", describe_web_sockets)
      .table(
          "tls", [](Settings& s) -> TlsSettings& { return s.edge.tls; }, "TLS with clients, on every listener",
          describe_tls)
      .table(
          "acme", [](Settings& s) -> AcmeSettings& { return s.file->acme; },
          "How certificates are ordered, where a site says nothing else", describe_acme)
      .table("requests", &Settings::exchange, "Retries, and whose forwarding fields are believed", describe_requests)
      .table("sessions", &Settings::sessions, "Services of sessions, which workers announce, on every site",
             describe_sessions)
      .table("fabric", &Settings::fabric, "Workers that connect to the router", describe_fabric)
      .optional_table(
          "app_proxy", [](Settings& s) -> std::optional<AppProxySettings>& { return s.file->app_proxy; },
          begin_app_proxy, "The site of all sessions, and the coordinator that says which sessions there are",
          describe_app_proxy)
      .tables(
          "sites", [](Settings& s) -> std::vector<SiteSettings>& { return s.file->sites; }, begin_site,
          "A site: where it listens, for which hosts, and who answers", describe_site)
      .tables(
          "tcp", [](Settings& s) -> std::vector<TcpSettings>& { return s.file->tcp; }, begin_tcp,
          "A TCP service: its bytes pass as they are, between clients and servers or workers", describe_tcp);
  return file;
}

}  // namespace zeroway
