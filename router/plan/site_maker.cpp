#include "router/plan/site_maker.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <type_traits>

#include "router/plan/bound_clients.h"
#include "router/plan/coding_terms_of.h"
#include "router/plan/file_digest.h"
#include "router/plan/limits.h"
#include "router/plan/server_of.h"
#include "router/plan/sticky_rule.h"
#include "router/plan/wamp_maker.h"
#include "router/route/balance_method.h"
#include "router/route/canonical_path.h"
#include "router/settings/certificate_names.h"
#include "router/settings/line_ends.h"
#include "router/settings/management_site.h"

namespace zeroway {

namespace {

// A value that stands for the request's id; see sites.proxy.headers.add.
constexpr std::string_view kAutomaticId = "auto";
constexpr std::string_view kRequestId = "x-request-id";
constexpr const char* kHsts = "strict-transport-security";

RequestTerms terms_of(const ClientTerms& said) {
  return {said.max_body, said.body_rate, said.body_timeout, said.web_sockets.open_handshake_timeout};
}

std::string hsts_value(const HstsSettings& said) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(said.max_age).count();
  std::string value = "max-age=" + std::to_string(seconds);
  if (said.include_subdomains) value += "; includeSubDomains";
  return said.preload ? value + "; preload" : value;
}

HealthSpec health_of(const HealthSettings& said) {
  HealthSpec spec;
  spec.fall = said.fall;
  spec.count_5xx = said.count_5xx;
  spec.back_off = said.back_off;
  spec.fail_open = said.fail_open;
  spec.closes_tunnels = said.close_on_down;
  spec.is_active = said.enabled;
  spec.path = said.path;
  spec.interval = said.interval;
  spec.timeout = said.timeout;
  spec.retries = said.retries;
  spec.rise = said.rise;
  spec.expected.clear();
  for (const StatusRange& range : said.expected_status) spec.expected.push_back({range.first, range.last});
  return spec;
}

// The site is ready when all of these are.
void require(Site& site, std::size_t backend) {
  auto& required = site.required;
  if (std::find(required.begin(), required.end(), backend) == required.end()) required.push_back(backend);
}

std::string type_of_page(std::string_view file) {
  if (file.ends_with(".json")) return "application/json";
  if (file.ends_with(".txt")) return "text/plain; charset=utf-8";
  return "text/html; charset=utf-8";
}

// "fabric", "fabric:" and "fabric:GROUP".
std::string group_in(std::string_view text) {
  const auto colon = text.find(':');
  return colon == std::string_view::npos ? "" : std::string(text.substr(colon + 1));
}

std::vector<std::string> names_of(const SiteSettings& said) {
  std::vector<std::string> names = said.hostnames;
  if (!said.hostname.empty()) names.insert(names.begin(), said.hostname);
  names.erase(std::remove(names.begin(), names.end(), ""), names.end());
  return names;
}

// A pool of servers wants one that has weight; beside workers none need have.
void drop_idle_servers(PoolSpec& pool) {
  const auto& all = pool.servers;
  if (std::all_of(all.begin(), all.end(), [](const ServerSpec& one) { return one.weight == 0; })) pool.servers.clear();
}

// 0 = the site has unix sockets only.
std::uint16_t first_port(const SiteSettings& said) {
  for (const ListenAddress& where : said.listen)
    if (where.path.empty()) return where.port;
  return 0;
}

// They are found by their whole path, and no server has them.
bool is_health_page(const Route& route) {
  const OwnAnswer answer = route.own_answer;
  return answer != OwnAnswer::none && answer != OwnAnswer::redirect && answer != OwnAnswer::to_https;
}

bool is_at(const ListenerSpec& listener, const ListenAddress& where) {
  return listener.address == where.address && listener.port == where.port && listener.last_port == where.last_port &&
         listener.socket_path == where.path;
}

// What replies say to caches.
FilesSpec cached_files(const CacheSettings& said) {
  const auto seconds = [](Millis time) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
  };
  FilesSpec spec;
  spec.etag = said.etag_enabled;
  spec.last_modified = said.last_modified_enabled;
  if (!said.enabled) return spec;
  spec.cache_control = said.cache_control;
  spec.max_age = seconds(said.max_age_static);
  spec.max_age_page = seconds(said.max_age_dynamic);
  return spec;
}

CertificateSpec certificate_spec(const SiteSettings& said, const std::string& name, const std::string& state_dir) {
  CertificateSpec spec;
  spec.name = name;
  spec.folder = internal_folder(state_dir);
  if (said.ssl.auto_cert == AutoCert::internal) {
    spec.source = CertificateSource::internal;
    return spec;
  }
  const AcmeSettings& acme = said.ssl.acme;
  spec.directory_url = acme.directory();
  spec.folder = authority_folder(state_dir, spec.directory_url);
  spec.is_ordered = acme.enabled;
  spec.ca_file = acme.ca_file;
  spec.email = acme.email;
  spec.key_id = acme.eab_key_id;
  spec.hmac = acme.eab_hmac;
  spec.challenge = acme.challenge;
  return spec;
}

// A route says on what terms sessions of WAMP are served: another path, which nobody has asked for, would lead around
// them.
bool has_own_wamp(const SiteSettings& said) {
  const auto& routes = said.proxy.routes;
  const bool has_route = std::any_of(routes.begin(), routes.end(), [](const auto& one) { return one.wamp.enabled; });
  return has_route && !said.located.has("wamp_path");
}

}  // namespace

void SiteMaker::add(const SiteSettings& said) {
  Site& site = plan_.sites.emplace_back();
  const Made made{&said, &site};
  sites_.push_back(made);
  site.name = said.name;
  site.makes_paths_canonical = true;
  site.challenge_dir = said.ssl.acme.challenge_dir;
  site.trusted.emplace();
  for (const std::string& network : settings_.exchange.trusted_proxies) static_cast<void>(site.trusted->add(network));
  for (const std::string& network : said.trusted_proxies) static_cast<void>(site.trusted->add(network));
  if (said.ssl.enabled) {
    site.client_authorities = said.ssl.policy.client_authorities();
    site.client_fields = said.ssl.client_fields;
    site.requires_certificate = !site.client_authorities.empty() && !said.ssl.policy.client_optional;
  }
  AccessMaker access = access_of(said);
  site.access = access.of_site();
  site.secret_parameters = secret_parameters_of(said);
  plan_.secret_parameters.insert(plan_.secret_parameters.end(), site.secret_parameters.begin(),
                                 site.secret_parameters.end());
  add_log(made);
  add_reply_fields(made);
  add_error_pages(made);
  if (said.builtin_health) add_health(made, access);
  if (said.proxy.enabled)
    for (const RouteSettings& route : said.proxy.routes) add_route(made, route, access);
  if (said.fabric) add_workers(made);
  if (said.sessions.enabled) add_circuits(made, access);
  for (const ArchiveSettings& archive : said.archives) add_archive(made, archive);
  for (const FolderSettings& folder : said.folders) add_folder(made, folder);
  add_pages(made);
  if (!said.static_dir.empty()) add_files(made);
  add_listeners(made);
  refuse_unclear_paths(site);
}

void SiteMaker::add_tcp(const TcpSettings& service) {
  const SiteSettings& said = services_.emplace_back(site_of(service));
  Site& site = plan_.sites.emplace_back();
  const Made made{&said, &site};
  sites_.push_back(made);
  site.name = said.name;
  site.is_open_pool_last = false;
  site.trusted.emplace();  // nobody: the bytes of a tunnel have no forwarding fields
  if (said.proxy_protocol)
    for (const std::string& network : said.trusted_proxies) static_cast<void>(site.trusted->add(network));
  if (said.ssl.enabled) {
    site.client_authorities = said.ssl.policy.client_authorities();
    site.client_fields = said.ssl.client_fields;
    site.requires_certificate = !site.client_authorities.empty() && !said.ssl.policy.client_optional;
  }
  site.access = access_of(said).of_site();
  add_log(made);
  Route& route = new_route(made, "/", said.terms);
  if (service.workers.empty()) {
    route.backend = backend_of(said, said.proxy.routes.front());
    route.tells_worker = false;
  } else {
    route.backend = backend_of(GroupSpec{});
    route.new_path = service.workers;
    route.reply_timeout = service.connect_timeout;
  }
  route.backend_name = service.workers.empty() ? said.name : "fabric";
  route.tunnel = {service.idle_timeout, service.half_closed_timeout};
  route.retries = 0;
  route.takes_web_sockets = false;
  static_cast<void>(site.routes.add_prefix("/", MethodSet{}, &route));
  add_listeners(made);
}

AccessMaker SiteMaker::access_of(const SiteSettings& said) {
  return {said, plan_, [this](BackendSpec spec) { return backend_of(std::move(spec)); }};
}

const FileSettings& SiteMaker::file_of(const Settings& settings) {
  static const FileSettings kNoFile;
  return settings.file ? *settings.file : kNoFile;
}

void SiteMaker::add_management(const ManagementSettings& said) {
  management_ = site_of(said);
  add(management_);
  const Made made = sites_.back();
  AdminSpec spec{token_of(said), said.hostnames};
  Route& route = new_route(made, "/", management_.terms);
  route.terms.max_body = kMostAdminBody;
  route.backend = backend_of(BackendSpec(std::move(spec)));
  route.backend_name = "admin";
  route.takes_web_sockets = false;
  route.tells_worker = false;
  route.retries = 0;
  static_cast<void>(made.site->routes.add_prefix("/", MethodSet{}, &route));
  made.site->is_open_pool_last = false;
  ListenerSpec& listener = plan_.listeners.back();
  listener.is_management = true;
  listener.is_optional = !said.is_asked_for;
  listener.limits.max_connections = kMostAdminConnections;
}

// A token is a word of the operator's.
std::string SiteMaker::token_of(const ManagementSettings& said) {
  std::string token = said.api_key;
  if (!said.token_file.empty()) {
    const auto content = read_file_(said.token_file);
    if (!content) {
      making_.errors.push_back("management: token_file: " + content.error().detail);
      return {};
    }
    token = without_line_ends(*content);
    if (token.size() < kLeastToken || token.find_first_of(" \r\n\t") != std::string::npos)
      making_.errors.push_back("management: token_file: " + said.token_file + ": wants one word of at least " +
                               std::to_string(kLeastToken) + " bytes");
  }
  return token;
}

// Where it matters which path a request is for, servers must not see another path than the rules did. A route that says
// encoded_slashes = "pass" has said that its server reads paths as they are.
void SiteMaker::refuse_unclear_paths(const Site& site) {
  bool is_guarded = false;
  bool is_even = true;
  for (const Route& route : plan_.routes) {
    if (route.site != &site) continue;
    is_guarded = is_guarded || (route.access != nullptr && route.access->is_guarding());
    is_even = is_even && (route.access == site.access || is_health_page(route));
  }
  for (Route& route : plan_.routes) {
    if (route.site != &site || passes_slashes_.contains(&route)) continue;
    if (is_guarded) route.takes_encoded_slashes = false;
    if (is_guarded && !is_even) route.takes_unclear_paths = false;
  }
}

void SiteMaker::finish() {
  share_certificate_fields();
  for (const Made made : sites_)
    if (made.said->redirect_to_https) add_redirect_to_https(made);
  for (ListenerSpec& listener : plan_.listeners) {
    const Made made = default_of(listener);
    if (made.said != nullptr && !made.said->strict_host) static_cast<void>(listener.sites.add("", made.site));
  }
  const bool has_http = std::any_of(plan_.listeners.begin(), plan_.listeners.end(), [](const ListenerSpec& listener) {
    return !listener.is_tls && listener.socket_path.empty();
  });
  for (CertificateSpec& certificate : plan_.certificates) certificate.has_http = has_http;
  add_ports();
}

// All sites serve all circuits: one range is enough. Sites share what [sessions] says of all of them.
void SiteMaker::add_ports() {
  Made first{};
  for (const Made made : sites_) {
    const SessionSettings& said = made.said->sessions;
    if (!said.enabled || said.ports.is_none()) continue;
    if (first.said == nullptr) {
      first = made;
    } else if (said.ports != first.said->sessions.ports) {
      error(said.located.place_of("ports"), "site '" + made.said->name + "': sessions.ports: site '" +
                                                first.said->name + "' has other ones; one range serves all circuits");
    }
  }
  if (first.said == nullptr) return;
  const SessionSettings& said = first.said->sessions;
  const auto made = give_ports(plan_, *first.site, said.ports, first_listener_of(*first.said));
  if (!made) error(said.located.place_of("ports"), "site '" + first.said->name + "': " + made.error().detail);
}

// Where the site listens at an address; behind the last one when it does so nowhere.
std::size_t SiteMaker::first_listener_of(const SiteSettings& said) const {
  const auto is_of_site = [&](const ListenerSpec& spec) {
    return std::any_of(said.listen.begin(), said.listen.end(),
                       [&](const ListenAddress& where) { return where.path.empty() && is_at(spec, where); });
  };
  const auto found = std::find_if(plan_.listeners.begin(), plan_.listeners.end(), is_of_site);
  return static_cast<std::size_t>(found - plan_.listeners.begin());
}

// A backend may answer several sites, and believes the fields of one of them wherever the request came in.
void SiteMaker::share_certificate_fields() {
  std::vector<std::string> names;
  for (const Made made : sites_)
    for (const ClientField& field : made.site->client_fields) names.push_back(field.name);
  for (const Made made : sites_) made.site->certificate_fields = names;
}

// The site for hosts that no site of the listener has: the one that says so, else the first one.
SiteMaker::Made SiteMaker::default_of(const ListenerSpec& listener) const {
  Made first{};
  for (const Made made : sites_) {
    const auto& listen = made.said->listen;
    const bool is_here =
        std::any_of(listen.begin(), listen.end(), [&](const ListenAddress& where) { return is_at(listener, where); });
    if (!is_here) continue;
    if (made.said->is_default) return made;
    if (first.said == nullptr) first = made;
  }
  return first;
}

// --- listeners

void SiteMaker::add_listeners(Made made) {
  for (const ListenAddress& where : made.said->listen) add_names(listener_at(where, made), made);
}

ListenerSpec& SiteMaker::listener_at(const ListenAddress& where, Made made) {
  const SiteSettings& said = *made.said;
  const auto is_there = [&](const ListenerSpec& spec) { return is_at(spec, where); };
  auto found = std::find_if(plan_.listeners.begin(), plan_.listeners.end(), is_there);
  if (found == plan_.listeners.end()) {
    ListenerSpec spec;
    spec.address = where.address;
    spec.port = where.port;
    spec.last_port = where.last_port;
    spec.socket_path = where.path;
    spec.terms = said.listen_terms;
    spec.is_tls = said.ssl.enabled;
    spec.tls.handshake_timeout = settings_.edge.tls.handshake_timeout;
    spec.tls.ticket_rotation = settings_.edge.tls.ticket_rotation;
    spec.has_proxy_header = said.proxy_protocol;
    if (said.proxy_protocol) spec.proxies = *made.site->trusted;
    spec.limits = settings_.edge.limits;
    spec.web_sockets = said.terms.web_sockets;
    if (said.is_tcp) make_tcp(spec);
    if (said.raw_socket && said.raw_socket->only) spec.language = Language::raw_socket;
    spec.passes_tls = said.is_tcp && said.passes_tls;
    plan_.listeners.push_back(std::move(spec));
    found = plan_.listeners.end() - 1;
  }
  if (said.raw_socket) found->raw_socket = raw_socket_of(said);
  if ((found->language == Language::tcp) != said.is_tcp)
    error(said.located.place_of("listen"), "'" + said.name + "': " + to_text(where) + " is taken already");
  if (found->is_tls != said.ssl.enabled)
    error(said.located.place_of("ssl"), "site '" + said.name + "': one site at " + to_text(where) +
                                            " has TLS and another one has none: give one of them another port");
  if (said.ssl.enabled) add_tls(*found, said);
  return *found;
}

RawSocketSpec SiteMaker::raw_socket_of(const SiteSettings& said) {
  return {.authority = said.hostname.starts_with('*') ? "rawsocket" + said.hostname.substr(1) : said.hostname,
          .path = said.raw_socket->path,
          .serializers = said.raw_socket->serializers,
          .most = said.raw_socket->max_message_size,
          .most_connections = said.raw_socket->max_connections};
}

void SiteMaker::add_tls(ListenerSpec& listener, const SiteSettings& said) {
  TlsSite site;
  site.hosts = names_of(said);
  site.is_default = said.is_default;
  site.certificates = certificates_of(said);
  site.policy = said.ssl.policy;
  site.staples = said.ssl.stapling;
  listener.tls.sites.push_back(std::move(site));
}

// Those that the file names, or those that the router gets and keeps.
std::vector<TlsFiles> SiteMaker::certificates_of(const SiteSettings& said) {
  if (said.ssl.auto_cert == AutoCert::off)
    return {{said.ssl.cert_file, said.ssl.key_file, false, said.ssl.chain_files}};
  std::vector<TlsFiles> files;
  for (const std::string& name : certificate_names(said)) {
    const CertificateSpec spec = certificate_spec(said, name, settings_.state_dir);
    files.push_back({spec.file(), spec.file(), spec.is_ordered});
    const auto is_same = [&](const CertificateSpec& other) { return other.file() == spec.file(); };
    const auto same = std::find_if(plan_.certificates.begin(), plan_.certificates.end(), is_same);
    if (same == plan_.certificates.end()) {
      plan_.certificates.push_back(spec);
    } else if (*same != spec) {
      error(said.ssl.located.place_of("auto_cert"),
            "site '" + said.name + "': another site orders the certificate for " + name + " in another way");
    }
  }
  return files;
}

void SiteMaker::add_names(ListenerSpec& listener, Made made) {
  for (const std::string& name : names_of(*made.said))
    static_cast<void>(listener.sites.add(name, made.site));  // the file's checks found duplicates
}

// --- routes

Route& SiteMaker::new_route(Made made, std::string path, const ClientTerms& terms) {
  Route& route = plan_.routes.emplace_back();
  route.path = std::move(path);
  route.site = made.site;
  route.access = made.site->access;
  route.terms = terms_of(terms);
  route.web_sockets = terms.web_sockets;
  route.forwarding.port = true;
  return route;
}

void SiteMaker::add_route(Made made, const RouteSettings& said, AccessMaker& access) {
  Route& route = new_route(made, canonical(said.path, said.located.place_of("path"), "route"), said.terms);
  if (said.redirect) {
    read_redirect(route, said);
  } else if (said.wamp.enabled) {
    serve_wamp(route, said);
    require(*made.site, route.backend);
  } else {
    route.backend = backend_of(*made.said, said);
    route.backend_name = said.pool;
    require(*made.site, route.backend);
    const BackendSpec& spec = plan_.backends[route.backend];
    route.tells_worker = std::holds_alternative<GroupSpec>(spec);
    if (!std::holds_alternative<PoolSpec>(spec)) route.reply_timeout = said.timeout.read;  // servers have their own
    if (!said.tunnel) route.backend = coded(route.backend, said.compression);
    bind_clients(*made.site, route, said.balance.sticky);
    if (said.tunnel) route.backend = tunnelled(route.backend);
  }
  route.retries = said.retries;
  route.intercepts_errors = said.intercept_errors;
  route.takes_web_sockets = said.websocket || said.tunnel || said.wamp.enabled;
  route.requires_certificate = said.client_certificate;
  route.access = access.of_route(said);
  route.takes_encoded_slashes = said.encoded_slashes == EncodedSlashes::pass;
  if (route.takes_encoded_slashes && said.located.has("encoded_slashes")) passes_slashes_.insert(&route);
  route.strips_prefix = said.strip_prefix;
  route.moves_locations = said.rewrite_location;
  route.moves_cookies = said.rewrite_cookie_path;
  if (said.rewrite_target)
    route.new_path = canonical(*said.rewrite_target, said.located.place_of("rewrite_target"), "rewrite_target");
  add_changes(said.headers, route);
  if (route.path == "/" && said.methods.empty()) made.site->is_open_pool_last = false;
  MethodSet methods;
  for (const std::string& method : said.methods) methods.add(method);
  route.methods = methods;
  if (!made.site->routes.add_prefix(route.path, std::move(methods), &route).is_new)
    error(said.located.place, "route '" + said.path + "': an earlier route of site '" + made.said->name +
                                  "' has this path and one of these methods");
}

// Each server that is dialled for sessions is a backend of its own.
void SiteMaker::serve_wamp(Route& route, const RouteSettings& said) {
  WampSpec spec = make_wamp(said);
  for (const RealmSpec& realm : spec.realms) static_cast<void>(backend_of(BackendSpec(realm.pool)));
  route.backend = backend_of(BackendSpec(std::move(spec)));
  route.backend_name = "wamp";
  route.tells_worker = false;
}

// `path` in the form in which the paths of requests are matched and forwarded.
std::string SiteMaker::canonical(const std::string& path, FilePlace place, const std::string& what) {
  std::string storage;
  const auto read = canonical_path(path, storage);
  if (read) return std::string(read->whole);
  error(place, what + " '" + path + "': " + read.error().detail);
  return path;
}

void SiteMaker::read_redirect(Route& route, const RouteSettings& said) {
  route.own_answer = OwnAnswer::redirect;
  route.redirect_status = static_cast<int>(said.redirect->status);
  auto pattern = RewritePattern::read(said.redirect->pattern, said.redirect->to, RewritePattern::Use::redirect);
  if (!pattern) return error(said.redirect->located.place, "redirect: " + pattern.error().detail);
  route.redirect = std::make_shared<const RewritePattern>(std::move(*pattern));
}

void SiteMaker::add_workers(Made made) {
  Route& route = new_route(made, "", made.said->terms);
  route.backend = coded(backend_of(GroupSpec{}), made.said->compression);
  route.backend_name = "fabric";
  route.reply_timeout = settings_.exchange.reply_timeout;
  route.retries = made.said->proxy.retries;
  route.intercepts_errors = made.said->proxy.intercept_errors;
  bind_clients(*made.site, route, made.said->proxy.balance.sticky);
  if (made.said->proxy.enabled) add_changes(made.said->proxy.headers, route);
  made.site->workers = &route;
  if (!has_own_wamp(*made.said)) serve_realms(plan_, *made.site, made.said->wamp_path);
}

void SiteMaker::add_circuits(Made made, AccessMaker& access) {
  const SiteSettings& said = *made.said;
  Route& route = new_route(made, "", said.terms);
  route.backend = backend_of(GroupSpec{});  // each circuit has workers of its own
  route.reply_timeout = settings_.exchange.reply_timeout;
  route.retries = said.proxy.retries;
  model_circuits(plan_, *made.site, route, said.sessions);
  bind_clients(*made.site, route, said.sessions.sticky);
  for (const std::string& name : names_of(said))
    if (name.starts_with("*.")) made.site->circuit_domains.push_back(name.substr(2));
  serve_setup(plan_, *made.site, access.without_login());
}

void SiteMaker::add_files(Made made) {
  const SiteSettings& said = *made.said;
  FilesSpec spec = cached_files(said.cache);
  spec.root = std::filesystem::absolute(said.static_dir);
  spec.index_files = said.index_files;
  spec.listing = said.listing;
  spec.fallback = said.fallback;
  spec.dot_files = said.dot_files;
  spec.precompressed = said.precompressed;
  made.site->files = &new_files_route(made, "", std::move(spec));
}

Route& SiteMaker::new_files_route(Made made, std::string path, FilesSpec spec) {
  Route& route = new_route(made, std::move(path), made.said->terms);
  route.backend = coded(backend_of(BackendSpec(std::move(spec))), made.said->compression);
  route.backend_name = "files";
  route.takes_web_sockets = false;
  route.tells_worker = false;
  return route;
}

// The folder is named by what is in the archive: another archive at the same place is another folder.
void SiteMaker::add_archive(Made made, const ArchiveSettings& said) {
  const std::string path = canonical(said.path, said.located.place_of("path"), "archive");
  const auto content = read_file_(said.file);
  if (!content && said.download)
    return making_.warnings.push_back(said.file + " is not there: the router fetches it at its start");
  if (!content) return error(said.located.place_of("file"), "archive '" + said.path + "': " + content.error().detail);
  const std::string hash = sha256_hex(*content);
  const auto& hashes = said.hashes;
  if (!hashes.empty() && std::find(hashes.begin(), hashes.end(), hash) == hashes.end())
    return error(said.located.place_of("hashes"), "archive '" + said.path + "': " + said.file + " has SHA-256 " + hash +
                                                      ", which is none of its hashes");
  const std::string folder = std::filesystem::absolute(settings_.state_dir).string() + "/archives/" + hash;
  ArchiveSpec archive{said.file, folder};
  if (std::find(plan_.archives.begin(), plan_.archives.end(), archive) == plan_.archives.end())
    plan_.archives.push_back(std::move(archive));
  FilesSpec spec = cached_files(made.said->cache);
  spec.root = said.object_prefix.empty() ? folder : folder + "/" + said.object_prefix;
  spec.index_files = said.index_files;
  spec.fallback = said.fallback;
  spec.mime_types = said.mime_types;
  Route& route = new_files_route(made, path, std::move(spec));
  route.strips_prefix = true;
  place(made, route, said.located.place_of("path"), "archive");
}

void SiteMaker::add_folder(Made made, const FolderSettings& said) {
  FilesSpec spec = cached_files(said.cache);
  spec.root = std::filesystem::absolute(said.folder);
  spec.index_files = said.index_files;
  spec.listing = said.listing;
  spec.fallback = said.fallback;
  spec.mime_types = said.mime_types;
  const FilePlace where = said.located.place_of("path");
  Route& route = new_files_route(made, canonical(said.path, where, "folder"), std::move(spec));
  route.strips_prefix = true;
  place(made, route, where, "folder");
}

void SiteMaker::add_pages(Made made) {
  for (const DocumentSettings& said : made.said->documents)
    add_page(made, said.path, said.located.place_of("path"),
             {PageSpec::Kind::document, said.text, said.cache_control, said.any_origin});
  if (made.said->info_path.empty()) return;
  add_page(made, made.said->info_path, made.said->located.place_of("info_path"),
           {.kind = PageSpec::Kind::info, .text = {}, .cache_control = "no-store"});
}

void SiteMaker::add_page(Made made, const std::string& path, FilePlace at, PageSpec spec) {
  Route& route = new_route(made, canonical(path, at, "page"), made.said->terms);
  route.backend = backend_of(BackendSpec(std::move(spec)));
  route.backend_name = "page";
  route.takes_web_sockets = false;
  route.tells_worker = false;
  place(made, route, at, "page");
}

void SiteMaker::place(Made made, Route& route, FilePlace where, const std::string& what) {
  if (route.path == "/") made.site->is_open_pool_last = false;
  if (made.site->routes.add_prefix(route.path, MethodSet{}, &route).is_new) return;
  error(where, what + " '" + route.path + "': a route of site '" + made.said->name + "' has this path");
}

void SiteMaker::add_health(Made made, AccessMaker& access) {
  constexpr std::array kAnswers{
      std::pair{"/api/health", OwnAnswer::health}, std::pair{"/api/health/detailed", OwnAnswer::health_details},
      std::pair{"/api/health/ready", OwnAnswer::ready}, std::pair{"/api/health/live", OwnAnswer::live}};
  for (const auto& [path, answer] : kAnswers) {
    Route& route = new_route(made, path, made.said->terms);
    route.own_answer = answer;
    const bool is_open = !made.said->health_login && answer != OwnAnswer::health_details;
    if (is_open) route.access = access.without_login();
    route.takes_web_sockets = false;
    static_cast<void>(made.site->routes.add_exact(path, MethodSet{"GET"}, &route));
  }
}

// To the port at which a site with TLS has the host. The file's checks found a site that has no such port.
void SiteMaker::add_redirect_to_https(Made made) {
  if (made.said->ssl.enabled) return;  // it is https already
  Route& route = new_route(made, "", made.said->terms);
  route.own_answer = OwnAnswer::to_https;
  route.access = access_of(*made.said).without_login();
  route.takes_web_sockets = false;
  const std::uint16_t port = made.said->https_port > 0 ? made.said->https_port : https_port_of(*made.said);
  if (port > 0) route.https_port = port;
  made.site->to_https = &route;
}

// 0 = no site has HTTPS for the host.
std::uint16_t SiteMaker::https_port_of(const SiteSettings& said) const {
  HostTable<std::uint16_t> ports;
  for (const Made other : sites_) {
    const std::uint16_t port = first_port(*other.said);
    if (!other.said->ssl.enabled || port == 0) continue;
    for (const std::string& name : names_of(*other.said)) static_cast<void>(ports.add(name, port));
  }
  const std::uint16_t* port = ports.find(said.hostname);
  return port == nullptr ? 0 : *port;
}

// --- backends

std::size_t SiteMaker::backend_of(BackendSpec spec) {
  const auto same = std::find(plan_.backends.begin(), plan_.backends.end(), spec);
  if (same != plan_.backends.end()) return static_cast<std::size_t>(same - plan_.backends.begin());
  plan_.backends.push_back(std::move(spec));
  return plan_.backends.size() - 1;
}

std::size_t SiteMaker::backend_of(const SiteSettings& site, const RouteSettings& route) {
  if (is_fabric_name(route.pool)) return backend_of(GroupSpec{group_in(route.pool)});
  MixedSpec mixed;
  mixed.servers = pool_of(site, route);
  std::vector<ServerSpec>& servers = mixed.servers.servers;
  for (const MemberSettings& member : site.proxy.members) {
    if (member.name != route.pool) continue;
    if (member.target.scheme != MemberScheme::fabric) {
      const bool is_tunnel = site.is_tcp || route.tunnel;
      servers.push_back(is_tunnel ? tunnel_server_of(member) : server_of(member));
      continue;
    }
    mixed.are_workers_first |= mixed.workers.empty() && servers.empty();
    mixed.workers.push_back({GroupSpec{member.target.group}, member.weight});
  }
  if (mixed.workers.empty()) return backend_of(BackendSpec(std::move(mixed.servers)));
  if (mixed.workers.size() == 1 && servers.empty()) return backend_of(mixed.workers.front().group);
  drop_idle_servers(mixed.servers);
  return backend_of(BackendSpec(std::move(mixed)));
}

std::size_t SiteMaker::coded(std::size_t inner, const CompressionSettings& said) {
  const auto terms = coding_terms_of(said);
  // A mixed pool must know which of its parts had nobody for a request; a coder in front of it would hide that.
  if (!terms || std::holds_alternative<MixedSpec>(plan_.backends[inner])) return inner;
  CodedSpec spec{{}, *terms};
  const auto wrap = [&](const auto& plain) {
    using Plain = std::decay_t<decltype(plain)>;
    if constexpr (std::is_assignable_v<decltype(spec.inner)&, const Plain&>) spec.inner = plain;
  };
  std::visit(wrap, plan_.backends[inner]);
  return backend_of(BackendSpec(std::move(spec)));
}

std::size_t SiteMaker::tunnelled(std::size_t inner) {
  TunnelSpec spec;
  const auto wrap = [&](const auto& plain) {
    using Plain = std::decay_t<decltype(plain)>;
    if constexpr (std::is_assignable_v<decltype(spec.inner)&, const Plain&>) spec.inner = plain;
  };
  std::visit(wrap, plan_.backends[inner]);
  return backend_of(BackendSpec(std::move(spec)));
}

PoolSpec SiteMaker::pool_of(const SiteSettings& site, const RouteSettings& route) {
  PoolSpec spec;
  spec.name = route.pool;
  if (const auto balance = read_balance(route.balance.method)) {
    spec.balance = balance->method;
    spec.hash_field = balance->field;
  }
  make_sticky(spec, route.balance.sticky);
  spec.health = health_of(site.proxy.health);
  spec.times = {route.timeout.connect, route.timeout.read, route.timeout.write};
  spec.queue_limit = settings_.fabric.queue_limit;
  spec.queue_timeout = route.timeout.connect;
  spec.preserve_host = route.headers.preserve_host;
  return spec;
}

// --- fields and pages

FieldTemplate SiteMaker::read_value(const FieldRule& rule) {
  const bool is_id = rule.name == kRequestId && rule.value == kAutomaticId;
  auto value = FieldTemplate::read(is_id ? "$request_id" : rule.value);
  if (!value) error(rule.place, "field '" + rule.name + "': " + value.error().detail);
  return value ? std::move(*value) : FieldTemplate();
}

void SiteMaker::add_changes(const ForwardingSettings& said, Route& route) {
  route.forwarding.x_forwarded = said.add_x_forwarded;
  route.forwarding.forwarded = said.add_forwarded;
  for (const std::string& name : said.remove) {
    route.request.remove(name);
    route.reply.remove(name);
  }
  for (const std::string& name : said.request_remove) route.request.remove(name);
  for (const std::string& name : said.response_remove) route.reply.remove(name);
  for (const FieldRule& rule : said.add) {
    route.request.set(rule.name, read_value(rule));
    route.reply.set(rule.name, read_value(rule));
  }
  for (const FieldRule& rule : said.request_set) route.request.set(rule.name, read_value(rule));
  for (const FieldRule& rule : said.request_add) route.request.add(rule.name, read_value(rule));
  for (const FieldRule& rule : said.response_set) route.reply.set(rule.name, read_value(rule));
  for (const FieldRule& rule : said.response_add) route.reply.add(rule.name, read_value(rule));
}

void SiteMaker::add_reply_fields(Made made) {
  Site& site = *made.site;
  if (made.said->ssl.enabled && made.said->ssl.hsts)
    site.reply.set(kHsts, read_value({kHsts, hsts_value(*made.said->ssl.hsts), {}}));
  for (const FieldRule& rule : made.said->headers) site.reply.set(rule.name, read_value(rule));
  for (const FieldRule& rule : made.said->security_headers.value_or(file_.security.security_headers)) {
    const bool is_of_file = rule.place.line > 0;
    (is_of_file ? site.reply : site.own_reply).set_if_absent(rule.name, read_value(rule));
  }
  if (file_.security.hide_server_header) return site.reply.remove("server");
  const std::string version = file_.server.version.empty() ? "" : "/" + file_.server.version;
  site.reply.set_if_absent("server", read_value({"server", file_.server.name + version, {}}));
}

void SiteMaker::add_error_pages(Made made) {
  // A status beats a class of statuses: the widest range comes first.
  std::vector<ErrorPage> pages = made.said->error_pages;
  const auto width = [](const ErrorPage& page) { return page.statuses.last - page.statuses.first; };
  std::stable_sort(pages.begin(), pages.end(),
                   [&](const ErrorPage& one, const ErrorPage& other) { return width(one) > width(other); });
  for (const ErrorPage& page : pages) {
    const auto content = read_file_(page.file);
    if (!content) {
      error(page.place, "error page: " + content.error().detail);
      continue;
    }
    for (int status = page.statuses.first; status <= page.statuses.last; ++status)
      made.site->error_pages[status] = {*content, type_of_page(page.file)};
  }
}

void SiteMaker::add_log(Made made) {
  const SiteLogSettings& said = made.said->log;
  made.site->log = plan_.log_at(said.access_log, said.format);
  made.site->gives_ids = file_.tracing || (made.site->log && made.site->log->format.has(LogField::request_id));
}

void SiteMaker::error(FilePlace place, const std::string& text) {
  std::string line = file_.path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + text;
  // Routes begin with the rules of their site: each would tell of a wrong one again.
  if (std::find(making_.errors.begin(), making_.errors.end(), line) == making_.errors.end())
    making_.errors.push_back(std::move(line));
}

}  // namespace zeroway
