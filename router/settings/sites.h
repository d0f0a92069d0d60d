// What a configuration file says, as plain structs; each default is the documented one.
//
// Owner: Settings (`file`), after router -c FILE.   Thread: any; never changed after the file was read.
// Not here: what both the command line and a file say (settings/settings.h), the keys' names and ranges
// (settings/description.h), what it means for a request (router/plan/).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/access_settings.h"
#include "router/settings/client_terms.h"
#include "router/settings/content_settings.h"
#include "router/settings/coordinator_settings.h"
#include "router/settings/file_place.h"
#include "router/settings/listen_address.h"
#include "router/settings/listen_terms.h"
#include "router/settings/log_format.h"
#include "router/settings/login_settings.h"
#include "router/settings/member_url.h"
#include "router/settings/raw_socket_settings.h"
#include "router/settings/session_settings.h"
#include "router/settings/sticky_settings.h"
#include "router/settings/tls_settings.h"
#include "router/settings/wamp_settings.h"

namespace zeroway {

// A field, its name in lower case, and its value, which may hold $variables.
struct FieldRule {
  std::string name;
  std::string value;
  FilePlace place;

  bool operator==(const FieldRule&) const = default;
};

struct StatusRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;  // included

  bool operator==(const StatusRange&) const = default;
};

struct ErrorPage {
  StatusRange statuses;
  std::string file;
  FilePlace place;

  bool operator==(const ErrorPage&) const = default;
};

// [server]: the `Server` field of replies is NAME/VERSION.
struct ServerSettings {
  std::string name = "Zeroway";
  std::string version;  // "" = the router's own
  std::string description;

  bool operator==(const ServerSettings&) const = default;
};

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };

// [logging] beyond ObserveSettings. `debug` and `trace` are --verbose; without `log_requests` there is no access log.
struct LoggingSettings {
  LogLevel level = LogLevel::info;
  bool log_requests = true;

  bool operator==(const LoggingSettings&) const = default;
};

// [security]. `security_headers` are set on replies that do not have them.
struct SecuritySettings {
  bool hide_server_header = false;
  std::vector<FieldRule> security_headers{{"x-frame-options", "DENY", {}},
                                          {"x-content-type-options", "nosniff", {}},
                                          {"x-xss-protection", "1; mode=block", {}},
                                          {"referrer-policy", "strict-origin-when-cross-origin", {}}};

  bool operator==(const SecuritySettings&) const = default;
};

// [tracing]: requests are part of traces (W3C Trace Context).
struct TracingSettings {
  Located located;
  std::string endpoint;  // where spans go, as OTLP over HTTP in JSON; "" = nowhere, backends are told all the same
  MemberUrl target;      // `endpoint`, read
  double sample = 1;     // share of requests whose spans are collected, where no trusted caller has decided
  std::string service_name = "zeroway";
  std::vector<FieldRule> headers;  // of requests to the collector
  Millis timeout{10'000};          // for the collector's answer
  std::string ca_file;             // of an https endpoint; "" = the system's authorities
  bool query = false;              // spans have the query of the request's target

  bool operator==(const TracingSettings&) const = default;
};

struct CompressionSettings {
  bool enabled = true;
  std::vector<std::string> types{"html", "css", "js", "json", "xml", "plain", "event-stream"};
  std::vector<std::string> codings{"zstd", "br", "gzip"};  // the first of those that a client likes equally
  std::uint32_t level = 6;                                 // 0…9, of gzip's scale; 0 = no compression
  std::uint32_t br_level = 0;                              // 1…9; 0 = made from `level`
  std::uint32_t zstd_level = 0;                            // 1…12; 0 = made from `level`
  std::uint64_t min_size = 1024;                           // bytes of a body; smaller ones are sent as they are

  bool operator==(const CompressionSettings&) const = default;
};

// Which pages of other origins may read replies (CORS). No origins = none may.
struct AccessControlSettings {
  Located located;
  std::vector<std::string> allow_origins;
  std::vector<std::string> allow_methods;
  std::vector<std::string> allow_headers;
  std::vector<std::string> expose_headers;
  bool allow_credentials = false;
  Millis max_age{0};  // 0 = the browser's own

  bool operator==(const AccessControlSettings&) const = default;
};

// Where a line about each request of the site goes, and its form; by default as [logging] says.
struct SiteLogSettings {
  Located located;
  std::string access_log;  // "" = off, "-" = standard output
  LogFormat format;

  bool operator==(const SiteLogSettings&) const = default;
};

// How an authority sees that a name is ours. `automatic`: over HTTP where a listener of the file speaks HTTP, else by
// TLS; after a failure by the other one.
enum class AcmeChallenge : std::uint8_t { automatic, http_01, tls_alpn_01 };

// How certificates are ordered.
struct AcmeSettings {
  Located located;
  bool enabled = true;  // else nothing is ordered, and what is stored is served
  std::string email;
  bool staging = false;
  std::string directory_url;  // "" = Let's Encrypt
  std::string ca_file;        // of the authority's own certificate; "" = the system's store
  std::string eab_key_id;     // of an account that the authority knows already
  std::string eab_hmac;
  AcmeChallenge challenge = AcmeChallenge::automatic;
  std::string challenge_dir;  // where another ACME client puts its answers; "" = nowhere

  [[nodiscard]] std::string directory() const {
    if (!directory_url.empty()) return directory_url;
    return staging ? "https://acme-staging-v02.api.letsencrypt.org/directory"
                   : "https://acme-v02.api.letsencrypt.org/directory";
  }

  bool operator==(const AcmeSettings&) const = default;
};

// Whether the router gets the certificates itself, and from whom: an ACME authority, or its own.
enum class AutoCert : std::uint8_t { off, acme, internal };

// What a field says of a client's certificate.
enum class CertificateWord : std::uint8_t { subject, issuer, serial, fingerprint, certificate };

struct ClientField {
  std::string name;  // lower case
  CertificateWord word = CertificateWord::subject;

  bool operator==(const ClientField&) const = default;
};

// Strict-Transport-Security (RFC 6797).
struct HstsSettings {
  Located located;
  Millis max_age{365L * 24 * 3600'000};
  bool include_subdomains = false;
  bool preload = false;

  bool operator==(const HstsSettings&) const = default;
};

struct SslSettings {
  Located located;
  bool enabled = false;
  AutoCert auto_cert = AutoCert::off;
  std::vector<std::string> domains;  // what certificates are ordered for; none = the site's hosts
  std::string cert_file;
  std::string key_file;
  std::vector<std::string> chain_files;  // certificates of those that signed, which are not in cert_file
  TlsPolicy policy;
  std::optional<HstsSettings> hsts;
  bool stapling = true;
  std::vector<ClientField> client_fields;  // backends learn of the client's certificate from them
  AcmeSettings acme;

  bool operator==(const SslSettings&) const = default;
};

enum class ProxyProtocol : std::uint8_t { off, v1, v2 };

// One [[sites.proxy.upstreams]]. Entries of one name are one pool.
struct MemberSettings {
  Located located;
  std::string name;
  std::string url;
  MemberUrl target;  // `url`, read
  std::uint32_t weight = 1;
  std::uint32_t max_conns = 0;  // requests at once, 0 = any number
  std::string ca_file;          // "" = the system's authorities
  std::string server_name;      // for SNI and the certificate's check; "" = the URL's host
  bool verify = true;
  std::string client_cert;
  std::string client_key;
  ProxyProtocol proxy_protocol = ProxyProtocol::off;

  bool operator==(const MemberSettings&) const = default;
};

struct BalanceSettings {
  // One of the words of router/route/balance_method.h: "round_robin", "weighted", …, "hash:FIELD" with the field in
  // lower case.
  std::string method = "round_robin";
  StickySettings sticky{};

  bool operator==(const BalanceSettings&) const = default;
};

struct HealthSettings {
  Located located;
  // Active: a request now and then.
  bool enabled = false;
  std::string path = "/health";
  Millis interval{30'000};
  Millis timeout{5'000};
  std::uint32_t retries = 3;  // wrong answers in a row until a member is out
  std::uint32_t rise = 1;     // right answers in a row until it is back
  std::vector<StatusRange> expected_status{{200, 399}};
  // Passive: what requests of clients met.
  std::uint32_t fall = 3;      // failures in a row until a member is out
  bool count_5xx = false;      // a reply with 5xx is a failure, too
  Millis back_off{1'000};      // out for so long, doubling up to kMostBackOff
  bool fail_open = false;      // all members out: try them all the same, else 503
  bool close_on_down = false;  // a member that is out or removed loses its open tunnels

  bool operator==(const HealthSettings&) const = default;
};

struct TimeoutSettings {
  Millis connect{10'000};  // until somebody holds the request
  Millis read{30'000};     // silence before the reply's head and between two pieces; 0 = any
  Millis write{30'000};    // time in which the backend reads nothing; 0 = any

  bool operator==(const TimeoutSettings&) const = default;
};

// What is changed in heads. A route has its site's rules first, then its own.
struct ForwardingSettings {
  bool preserve_host = true;
  bool add_x_forwarded = true;
  bool add_forwarded = true;
  std::vector<FieldRule> add;       // both directions
  std::vector<std::string> remove;  // both directions; all names lower case
  std::vector<FieldRule> request_add;
  std::vector<FieldRule> request_set;
  std::vector<std::string> request_remove;
  std::vector<FieldRule> response_add;
  std::vector<FieldRule> response_set;
  std::vector<std::string> response_remove;

  bool operator==(const ForwardingSettings&) const = default;
};

struct RedirectSettings {
  Located located;
  std::uint32_t status = 301;
  std::string to;       // may hold $1 … of `pattern`, and $variables
  std::string pattern;  // of the path; "" = every path of the route

  bool operator==(const RedirectSettings&) const = default;
};

enum class EncodedSlashes : std::uint8_t { refuse, pass };

// One [[sites.proxy.routes]]. What it does not say is as its site says.
struct RouteSettings {
  Located located;
  std::string path;
  std::vector<std::string> methods;  // none = all
  std::string pool;                  // key `upstream`: a pool's name, "fabric" or "fabric:GROUP"; "" with `redirect`
  bool strip_prefix = false;
  bool rewrite_location = true;      // Location names paths as clients see them
  bool rewrite_cookie_path = false;  // so does the Path of cookies
  std::optional<std::string> rewrite_target;
  bool websocket = false;
  bool tunnel = false;  // its WebSockets carry the bytes of a TCP service
  WampSettings wamp;    // with `enabled` in the place of a pool
  EncodedSlashes encoded_slashes = EncodedSlashes::pass;
  bool client_certificate = false;  // 403 for a client that has shown none
  std::optional<RedirectSettings> redirect;
  std::uint32_t retries = 2;
  bool intercept_errors = false;  // the site's error pages replace a backend's bodies, too
  BalanceSettings balance;
  TimeoutSettings timeout;
  ForwardingSettings headers;
  ClientTerms terms;
  AccessSettings access;
  CompressionSettings compression;
  LoginSettings login;

  bool operator==(const RouteSettings&) const = default;
};

struct ProxySettings {
  Located located;
  bool enabled = false;
  std::uint32_t retries = 2;  // openings of a request after the first
  bool intercept_errors = false;
  BalanceSettings balance;
  HealthSettings health;
  TimeoutSettings timeout;
  ForwardingSettings headers;
  ClientTerms terms;                    // the site's, for its routes
  AccessSettings access;                // the same
  CompressionSettings compression;      // the site's, for its routes
  std::vector<MemberSettings> members;  // key `upstreams`
  std::vector<RouteSettings> routes;

  bool operator==(const ProxySettings&) const = default;
};

struct SiteSettings {
  Located located;
  std::string name;
  std::string hostname;                // lower case; may begin with "*."
  std::vector<std::string> hostnames;  // further ones
  std::uint16_t port = 0;              // on every address; 0 = `listen` says where
  std::vector<ListenAddress> listen;   // with `port` in it, when that is given
  ListenTerms listen_terms;
  bool is_default = false;        // for hosts that no site of the listener has
  bool strict_host = false;       // 421 for those instead
  bool fabric = true;             // workers may serve paths of this site
  std::string wamp_path = "/ws";  // of sessions whose realms workers announce; "" = none
  bool builtin_health = true;     // /api/health and its like are the router's
  bool health_login = false;      // they ask for the site's login; /api/health/detailed always does
  bool redirect_to_https = false;
  std::uint16_t https_port = 0;              // of the redirect; 0 = that of the HTTPS site with the same host
  std::vector<std::string> trusted_proxies;  // networks whose forwarding fields and PROXY headers are believed
  bool proxy_protocol = false;               // connections begin with a PROXY header
  std::vector<FieldRule> headers;            // on all replies
  std::optional<std::vector<FieldRule>> security_headers;  // none = those of [security]
  std::vector<ErrorPage> error_pages;

  std::vector<ArchiveSettings> archives;
  std::vector<FolderSettings> folders;
  std::vector<DocumentSettings> documents;
  std::string info_path;   // of the page that tells how the router is; "" = there is none
  std::string static_dir;  // "" = no files
  std::vector<std::string> index_files{"index.html", "index.htm"};
  bool listing = false;       // of folders without an index file
  std::string fallback;       // file for paths that no file has; "" = 404
  bool dot_files = false;     // names that begin with '.' are served
  bool precompressed = true;  // FILE.br, FILE.zst and FILE.gz are sent for FILE

  ClientTerms terms;
  AccessSettings access;
  CompressionSettings compression;
  CacheSettings cache;
  SiteLogSettings log;
  AccessControlSettings access_control;
  LoginSettings login;
  SslSettings ssl;
  SessionSettings sessions;
  std::optional<RawSocketSettings> raw_socket;  // none = HTTP only
  ProxySettings proxy;
  bool is_tcp = false;  // the site stands for a TCP service
  bool passes_tls =
      false;  // of such a service: the name of the handshake chooses it, and the handshake is its servers'

  bool operator==(const SiteSettings&) const = default;
};

// One [[tcp]]: a service whose bytes pass as they are. What it has in common with sites is in `site`: its name, where
// it listens, for which names of TLS, who may connect; its servers are the members of the site's only pool.
struct TcpSettings {
  Located located;
  SiteSettings site;
  std::string workers;  // the path that its workers claim; "" = servers
  BalanceSettings balance{};
  Millis connect_timeout{10'000};
  Millis idle_timeout{0};  // 0 = for ever: probes of TCP find a peer that is gone, and sessions may be silent
  Millis half_closed_timeout{300'000};  // silence once one side has closed; 0 = for ever
  ProxyProtocol send_proxy = ProxyProtocol::off;
  std::string option;  // as the command line said it; "" = a file says it

  bool operator==(const TcpSettings&) const = default;
};

// The listener of its own where an operator sees the router and changes what may change.
struct ManagementSettings {
  Located located;
  bool enabled = true;
  bool is_asked_for = false;  // the operator named it: then the router does not start without it
  ListenAddress listen{"127.0.0.1", 6040, ""};
  std::string api_key;                 // a token for those who may write; "" = none
  std::string token_file;              // the same in a file; "" = none
  std::vector<std::string> hostnames;  // that Host may name, besides addresses and localhost
  AccessSettings access;               // allow and deny
  SslSettings ssl;
  SiteLogSettings log;

  bool operator==(const ManagementSettings&) const = default;
};

// [app_proxy]: the site of all sessions, and the coordinator that says which sessions there are.
struct AppProxySettings {
  Located located;
  SiteSettings site;  // with [[sites]], once the file is read
  CoordinatorSettings coordinator;

  bool operator==(const AppProxySettings&) const = default;
};

struct FileSettings {
  std::string path;  // as the operator named it
  ServerSettings server;
  LoggingSettings logging;
  SecuritySettings security;
  std::optional<TracingSettings> tracing;
  AcmeSettings acme;  // what sites begin with
  std::optional<AppProxySettings> app_proxy;
  std::vector<SiteSettings> sites;
  std::vector<TcpSettings> tcp;

  // Then clients are accepted where the file says.
  [[nodiscard]] bool has_listeners() const { return !sites.empty() || !tcp.empty(); }

  bool operator==(const FileSettings&) const = default;
};

}  // namespace zeroway
