#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/description_content.h"
#include "router/settings/description_login.h"
#include "router/settings/description_sticky.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

Fit read_hostname(SiteSettings& site, const Value& value) {
  auto taken = take_text(value);
  if (!taken.value) return taken.fit;
  if (!is_site_host(*taken.value)) return Fit::no;
  site.hostname = lower_case(*taken.value);
  return Fit::yes;
}

Fit read_hostnames(SiteSettings& site, const Value& value) {
  const Fit fit = read_texts(value, is_site_host, kHostForms, site.hostnames);
  for (std::string& name : site.hostnames) name = lower_case(name);
  return fit;
}

bool read_error_page(SiteSettings& site, const Value& value, const Node& page) {
  const auto statuses = read_statuses(page.key);
  if (!statuses || statuses->first < 400) {
    value.reading.error(page.key_place,
                        value.where + ": '" + page.key + "' is no status from 400 to 599, and not 4xx or 5xx");
    return false;
  }
  const std::string where = value.reading.join(value.where, page.key);
  const auto file = take_text({page, where, value.reading});
  if (file.fit == Fit::no || (file.value && file.value->empty())) {
    value.reading.error(page.place, where + " = " + page.show() + ": wants a path");
  }
  if (!file.value || file.value->empty()) return false;
  site.error_pages.push_back({*statuses, value.reading.resolve(*file.value), page.place});
  return true;
}

Fit read_error_pages(SiteSettings& site, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  bool is_good = true;
  for (const Node& page : value.node.children) is_good = read_error_page(site, value, page) && is_good;
  return is_good ? Fit::yes : Fit::said;
}

Fit read_security_headers(SiteSettings& site, const Value& value) {
  return read_fields(value, site.security_headers.emplace());
}

void describe_hosts(Keys<SiteSettings>& keys) {
  using S = SiteSettings;
  keys.text("name", &S::name, is_some, "a text", "main", "What the log calls the site")
      .required()
      .other("hostname", "HOST", kHostForms, "", "\"example.com\"", "The host that the site is for", read_hostname)
      .required()
      .other("hostnames", "[HOST, …]", std::string("a list of hosts"), "", "[\"www.example.com\", \"*.example.com\"]",
             "Further hosts", read_hostnames)
      .number("port", &S::port, 1, 65'535, "Port on every address, IPv6 and IPv4")
      .sample("8080")
      .other("listen", "[ADDRESS, …]", std::string("a list of ") + kListenForms, "",
             "[\"127.0.0.1:8081\", \"unix:/run/zeroway.sock\"]", "Where the site listens, in the place of port",
             [](S& site, const Value& value) { return read_listen(site.listen, value); })
      .number(
          "backlog", [](S& s) -> std::uint32_t& { return s.listen_terms.backlog; }, 1, 65'535,
          "Connections that may wait to be accepted; by default 4096; the kernel cuts it to net.core.somaxconn")
      .flag(
          "shared", [](S& s) -> bool& { return s.listen_terms.shared; },
          "Other routers of this user may listen at the port, too, if they say so as well: each gets some of the "
          "connections")
      .time(
          "user_timeout", [](S& s) -> Millis& { return s.listen_terms.user_timeout; }, Millis(1), Zero::is_off,
          "Longest time for a client's machine to acknowledge what was sent (TCP_USER_TIMEOUT); 0 = as the kernel "
          "does")
      .flag("default", &S::is_default, "The site for hosts that no site of the listener has; else the first one is")
      .flag("strict_host", &S::strict_host, "Answer 421 to hosts that the site does not have")
      .flag("fabric", &S::fabric, "Whether workers that connect may serve paths of the site")
      .text("wamp_path", &S::wamp_path, is_path_or_none, "a path from / on, or nothing", "",
            "Sessions of WAMP whose realms workers announce, unless workers claim the path; by default as [requests] "
            "says; \"\" = none")
      .flag("builtin_health", &S::builtin_health, "Whether the router answers /api/health, /ready and /live itself")
      .flag("health_login", &S::health_login,
            "Whether these ask for the site's login; /api/health/detailed always does, and all ask allow, deny and "
            "limits")
      .text(
          "info_path", &S::info_path, is_path, "a path from / on", "/info",
          "Path of a page that tells the version, the start, and how many workers there are; for a browser HTML, else "
          "JSON")
      .flag("redirect_to_https", &S::redirect_to_https, "Send clients to the HTTPS site of the same host")
      .number("https_port", &S::https_port, 1, 65'535,
              "Port of HTTPS as clients reach it; by default that of the HTTPS site, and 443 behind trusted_proxies")
      .list("trusted_proxies", &S::trusted_proxies, is_network, "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\"]",
            "Networks whose forwarding fields and PROXY headers are believed; by default those of [requests]")
      .flag("proxy_protocol", &S::proxy_protocol, "Connections of trusted proxies begin with a PROXY header, v1 or v2");
}

void describe_files(Keys<SiteSettings>& keys) {
  using S = SiteSettings;
  keys.path("static_dir", &S::static_dir, "static", "Folder whose files the site serves")
      .sample("\"static\"")
      .list("index_files", &S::index_files, is_file_name, "a file's name", "", "Files that stand for their folder")
      .flag("listing", &S::listing, "List folders that have no index file")
      .text("fallback", &S::fallback, is_path_below, "a path below static_dir", "index.html",
            "File for paths that no file has, for single-page applications")
      .flag("dot_files", &S::dot_files, "Serve files whose name begins with a dot")
      .flag("precompressed", &S::precompressed, "Send FILE.br, FILE.zst or FILE.gz for FILE")
      .other("error_pages", "{ STATUS = PATH, … }", "a table of statuses and paths", "",
             "{ 404 = \"404.html\", 5xx = \"sorry.html\" }",
             "Files for error replies; 4xx and 5xx stand for all of them", read_error_pages)
      .fields("headers", &S::headers, "{ \"X-Served-By\" = \"zeroway\" }", "Fields of all replies of the site")
      .other("security_headers", "{ FIELD = TEXT, … }", "a table of field names and texts", "",
             "{ \"X-Frame-Options\" = \"SAMEORIGIN\" }",
             "In the place of [security]'s: fields of replies that do not have them; {} is none",
             read_security_headers);
}

void describe_site_terms(Keys<SiteSettings>& keys) {
  using S = SiteSettings;
  keys.size(
          "max_body", [](S& s) -> std::uint64_t& { return s.terms.max_body; }, 0, std::uint64_t{1} << 62,
          "limits.max_body for the site")
      .time(
          "body_timeout", [](S& s) -> Millis& { return s.terms.body_timeout; }, Millis(1), Zero::refused,
          "limits.body_timeout for the site")
      .size(
          "body_rate", [](S& s) -> std::uint64_t& { return s.terms.body_rate; }, 0, 1 << 30,
          "limits.body_rate for the site");
}

// The site's own keys are read by now: routes begin with its terms and its compression.
ProxySettings& proxy_of(SiteSettings& site) {
  site.proxy.terms = site.terms;
  site.proxy.access = site.access;
  site.proxy.compression = site.compression;
  return site.proxy;
}

void describe_site_idle(Keys<SiteSettings>& keys) {
  keys.idle("api_only", "routes say what a site serves")
      .idle("index_file", "say index_files")
      .idle("enable_directory_listing", "say listing")
      .idle("follow_symlinks", "links inside static_dir are followed, others never")
      .idle("case_sensitive", "paths are case-sensitive")
      .idle("max_age", "say sites.cache.max_age_static")
      .idle("cors_enabled", "say sites.access_control");
}

}  // namespace

Fit read_listen(std::vector<ListenAddress>& target, const Value& value) {
  const auto reads = [](const std::string& text) { return read_listen_address(text).has_value(); };
  std::vector<std::string> texts;
  const Fit fit = read_texts(value, reads, kListenForms, texts);
  for (const std::string& text : texts) target.push_back(*read_listen_address(text));
  return fit;
}

void describe_site(Keys<SiteSettings>& keys) {
  using S = SiteSettings;
  keys.located();
  describe_hosts(keys);
  describe_files(keys);
  describe_site_terms(keys);
  describe_site_idle(keys);
  describe_access(keys);
  describe_login(keys);
  keys.table(
          "websocket", [](S& s) -> WebSocketSettings& { return s.terms.web_sockets; }, "[websocket] for the site",
          describe_web_sockets)
      .table("compression", &S::compression, "Compression of replies", describe_compression)
      .table("cache", &S::cache, "What replies with files say to caches", describe_cache)
      .table("log", &S::log, "The site's access log", describe_site_log)
      .table("access_control", &S::access_control, "Pages of other origins", describe_access_control)
      .table("ssl", &S::ssl, "HTTPS", describe_ssl)
      .table("sessions", &S::sessions, "[sessions] for the site", describe_sessions)
      .optional_table("rawsocket", &S::raw_socket, "Clients of WAMP that speak RawSocket at the site's listeners",
                      describe_raw_socket)
      .tables(
          "archives", &S::archives, [](const S&) { return ArchiveSettings{}; },
          "ZIP archives whose members the site serves", describe_archive)
      .tables("folders", &S::folders, begin_folder, "Folders whose files the site serves below a path", describe_folder)
      .tables(
          "documents", &S::documents, [](const S&) { return DocumentSettings{}; }, "Fixed documents in JSON",
          describe_document)
      .table("proxy", proxy_of, "Backends and routes", describe_proxy);
}

}  // namespace zeroway
