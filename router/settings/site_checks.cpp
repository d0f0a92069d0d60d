#include "router/settings/site_checks.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "router/settings/checks.h"
#include "router/settings/description_content.h"
#include "router/settings/description_permits.h"
#include "router/settings/login_checks.h"

namespace zeroway {

FilePlace listen_place(const SiteSettings& site) { return site.located.place_of(site.port > 0 ? "port" : "listen"); }

std::string listen_key(const SiteSettings& site) { return site.located.name_of(site.port > 0 ? "port" : "listen"); }

void check_listen(const SiteSettings& site, Reading& reading) {
  const bool has_port = site.located.has("port");
  const bool has_listen = site.located.has("listen");
  if (!has_port && !has_listen) {
    reading.error(site.located.place,
                  site.located.name_of("port") + " is missing: wants a number from 1 to 65535, or listen");
  } else if (has_port && has_listen) {
    reading.error(listen_place(site),
                  listen_key(site) + ": the site has listen, too; one of them says where it listens");
  }
}

void check_proxy_header(const SiteSettings& site, Reading& reading) {
  if (!site.proxy_protocol || !site.trusted_proxies.empty()) return;
  reading.error(site.located.place_of("proxy_protocol"),
                site.located.name_of("proxy_protocol") +
                    ": wants trusted_proxies, too: a PROXY header of anybody would be believed");
}

void check_log(const SiteLogSettings& log, Reading& reading) {
  if (!log.access_log.empty() || !log.located.has("format")) return;
  reading.warn(log.located.place_of("format"),
               log.located.name_of("format") + " changes nothing: the site has no access_log, nor has [logging]");
}

namespace {

using Sites = std::vector<const SiteSettings*>;
using Doors = std::map<std::string, Sites>;  // by to_text(ListenAddress)

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

Doors doors_of(const FileSettings& file) {
  Doors doors;
  for (const SiteSettings& site : file.sites) {
    for (const ListenAddress& listen : site.listen) doors[to_text(listen)].push_back(&site);
  }
  return doors;
}

// --- One site

void check_folder_keys(const SiteSettings& site, Reading& reading) {
  if (!site.static_dir.empty()) return;
  for (const char* key : {"index_files", "listing", "fallback", "dot_files", "precompressed"}) {
    if (!site.located.has(key)) continue;
    reading.warn(site.located.place_of(key),
                 site.located.name_of(key) + " changes nothing: the site has no static_dir");
  }
}

void check_site(const SiteSettings& site, Reading& reading) {
  check_listen(site, reading);
  check_proxy_header(site, reading);
  check_ssl(site, reading);
  if (site.ssl.enabled) check_auto_cert(site, reading);
  check_access(site, reading);
  check_log(site.log, reading);
  check_logins(site, reading);
  check_permits(site.sessions, reading);
  check_folder_keys(site, reading);
  check_archives(site, reading);
  check_proxy(site, reading);
}

// --- Sites together

void check_names(const FileSettings& file, Reading& reading) {
  std::map<std::string, FilePlace> known;
  for (const SiteSettings& site : file.sites) {
    const auto [first, is_new] = known.emplace(site.name, site.located.place_of("name"));
    if (is_new || site.name.empty()) continue;
    reading.warn(site.located.place_of("name"), site.located.name_of("name") + " = " + quoted(site.name) +
                                                    ": the site of " + Reading::line_of(first->second) +
                                                    " has this name, too");
  }
}

void check_hosts(const Sites& sites, const std::string& door, Reading& reading) {
  std::map<std::string, FilePlace> known;
  for (const SiteSettings* site : sites) {
    for (const auto& [host, place] : placed_hosts_of(*site)) {
      if (host.empty()) continue;
      const auto [first, is_new] = known.emplace(host, place);
      if (is_new) continue;
      reading.error(place, site->located.where + ": " + quoted(host) + " at " + door +
                               " is taken: " + Reading::line_of(first->second) + " has it, too");
    }
  }
}

void check_default(const Sites& sites, const std::string& door, Reading& reading) {
  const SiteSettings* first = nullptr;
  for (const SiteSettings* site : sites) {
    if (!site->is_default) continue;
    if (first) {
      reading.error(site->located.place_of("default"), site->located.name_of("default") + ": the site of " +
                                                           Reading::line_of(first->located.place) +
                                                           " is the default of " + door + " already");
    }
    if (!first) first = site;
  }
  if (first || sites.size() < 2) return;
  reading.warn(sites.front()->located.place, sites.front()->located.where + ": none of the " +
                                                 std::to_string(sites.size()) + " sites at " + door +
                                                 " says default = true; this one, the first, answers unknown hosts");
}

void check_listen_terms(const SiteSettings& site, const SiteSettings& first, const std::string& door,
                        Reading& reading) {
  if (site.listen_terms == first.listen_terms) return;
  reading.error(listen_place(site), listen_key(site) + ": sites at " + door +
                                        " want the same backlog, shared and user_timeout; the site of " +
                                        Reading::line_of(first.located.place) + " has others");
}

// Each connection is accepted before its site is known.
void check_agreement(const Sites& sites, const std::string& door, Reading& reading) {
  const SiteSettings& first = *sites.front();
  for (const SiteSettings* site : sites) {
    const std::string other = "; the site of " + Reading::line_of(first.located.place) + " ";
    if (site->is_tcp != first.is_tcp) {
      reading.error(listen_place(*site), listen_key(*site) + ": " + door +
                                             " is taken: " + Reading::line_of(first.located.place) +
                                             (first.is_tcp ? " is a TCP service" : " is a site") + " there");
      continue;
    }
    if (site->ssl.enabled != first.ssl.enabled) {
      reading.error(listen_place(*site), listen_key(*site) + ": at " + door + " this site speaks " +
                                             (site->ssl.enabled ? "HTTPS" : "HTTP") + other + "speaks " +
                                             (first.ssl.enabled ? "HTTPS" : "HTTP"));
    }
    check_listen_terms(*site, first, door, reading);
    const bool has_same_proxies = !site->proxy_protocol || site->trusted_proxies == first.trusted_proxies;
    if (site->proxy_protocol != first.proxy_protocol || !has_same_proxies) {
      reading.error(site->located.place_of("proxy_protocol"),
                    site->located.name_of("proxy_protocol") + ": sites at " + door +
                        " want one proxy_protocol and the same trusted_proxies" + other + "has others");
    }
  }
}

// A connection's first bytes name no site.
void check_raw_socket(const Sites& sites, const std::string& door, Reading& reading) {
  const SiteSettings* first = nullptr;
  for (const SiteSettings* site : sites) {
    if (!site->raw_socket) continue;
    const RawSocketSettings& said = *site->raw_socket;
    if (first != nullptr)
      reading.error(said.located.place, said.located.where + ": RawSocket at " + door + " is taken: the site of " +
                                            Reading::line_of(first->located.place) + " has it");
    if (said.only && sites.size() > 1)
      reading.error(said.located.place_of("only"), said.located.name_of("only") + ": " + door + " has " +
                                                       std::to_string(sites.size()) +
                                                       " sites, of which only one could be reached");
    if (first == nullptr) first = site;
  }
}

void check_overlaps(const FileSettings& file, Reading& reading) {
  std::vector<std::pair<ListenAddress, const SiteSettings*>> seen;
  for (const SiteSettings& site : file.sites) {
    for (const ListenAddress& listen : site.listen) {
      for (const auto& [other, owner] : seen) {
        if (!is_in_the_way(listen, other)) continue;
        reading.error(listen_place(site), listen_key(site) + ": " + to_text(listen) + " and " + to_text(other) +
                                              " of " + Reading::line_of(listen_place(*owner)) +
                                              " cannot be open at once");
        break;
      }
      seen.emplace_back(listen, &site);
    }
  }
}

// TCP services, too.
std::vector<SiteSettings> sites_of(const FileSettings& file) {
  std::vector<SiteSettings> all = file.sites;
  for (const TcpSettings& service : file.tcp) all.push_back(site_of(service));
  return all;
}

bool is_here(const ListenAddress& listen) {
  return !listen.path.empty() || listen.address == "localhost" || listen.address == "::1" ||
         listen.address.starts_with("127.");
}

// One socket cannot serve both: what operators see would be open to everyone who reaches the site.
void check_place(const FileSettings& file, const ManagementSettings& management, Reading& reading) {
  for (const SiteSettings& site : sites_of(file)) {
    for (const ListenAddress& listen : site.listen) {
      if (listen != management.listen && !is_in_the_way(listen, management.listen)) continue;
      const std::string where = to_text(management.listen);
      if (!management.is_asked_for) {
        reading.warn(listen_place(site),
                     listen_key(site) + ": " + where + " is the management listener's: there is none");
      } else {
        reading.error(listen_place(site), listen_key(site) + ": " + where + " is the management listener's");
      }
      return;
    }
  }
}

}  // namespace

void check_management(const FileSettings& file, const ManagementSettings& management, Reading& reading) {
  if (!management.enabled) return;
  check_place(file, management, reading);
  const SiteSettings site = site_of(management);
  check_ssl(site, reading);
  if (site.ssl.enabled) check_auto_cert(site, reading);
  if (is_here(management.listen) || !management.api_key.empty() || !management.token_file.empty()) return;
  const char* const key = management.located.has("listen") ? "listen" : "host";
  reading.error(management.located.place_of(key), management.located.name_of(key) + " = " +
                                                      quoted(to_text(management.listen)) +
                                                      ": wants token_file or api_key, too: other machines could read");
}

namespace {

// --- Files

bool is_readable(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), R_OK) == 0;
}

void check_file(const Located& located, const char* key, const std::string& path, Reading& reading) {
  if (path.empty() || is_readable(path)) return;
  reading.error(located.place_of(key), located.name_of(key) + ": " + path + " is no file that can be read");
}

void check_archive_file(const ArchiveSettings& archive, Reading& reading) {
  if (archive.origin.empty()) return check_file(archive.located, "file", archive.file, reading);
  if (archive.download || is_readable(archive.file)) return;
  reading.error(archive.located.place_of("file"),
                archive.located.name_of("file") + ": " + archive.file +
                    " is no file that can be read; with download = true it is fetched from " + archive.origin);
}

void check_folder(const Located& located, const std::string& folder, Reading& reading) {
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) return;
  reading.warn(located.place_of("static_dir"),
               located.name_of("static_dir") + ": there is no folder " + folder + ", every file of it is 404");
}

void check_permit_files(const SessionSettings& sessions, Reading& reading) {
  check_file(sessions.located, "jwt_secret_file", sessions.permits.jwt_secret_file, reading);
  check_file(sessions.located, "permit_key_file", sessions.permits.permit_key_file, reading);
}

// Of servers that the site dials.
template <class Server>
void check_server_files(const Server& server, Reading& reading) {
  check_file(server.located, "ca_file", server.ca_file, reading);
  check_file(server.located, "client_cert", server.client_cert, reading);
  check_file(server.located, "client_key", server.client_key, reading);
}

void check_site_files(const SiteSettings& site, Reading& reading) {
  const SslSettings& ssl = site.ssl;
  if (ssl.enabled) {
    check_file(ssl.located, "cert_file", ssl.cert_file, reading);
    check_file(ssl.located, "key_file", ssl.key_file, reading);
    for (const std::string& file : ssl.chain_files) check_file(ssl.located, "chain_files", file, reading);
    for (const std::string& file : ssl.policy.client_ca) check_file(ssl.located, "client_ca", file, reading);
    if (ssl.auto_cert == AutoCert::acme) check_file(ssl.acme.located, "ca_file", ssl.acme.ca_file, reading);
  }
  for (const ArchiveSettings& archive : site.archives) check_archive_file(archive, reading);
  for (const FolderSettings& folder : site.folders) check_folder(folder.located, folder.folder, reading);
  for (const MemberSettings& member : site.proxy.members) check_server_files(member, reading);
  for (const RouteSettings& route : site.proxy.routes)
    for (const WampBackendSettings& backend : route.wamp.backends) check_server_files(backend, reading);
  look_at_login_files(site, [&](const Located& located, const char* key, const std::string& file) {
    check_file(located, key, file, reading);
  });
  check_permit_files(site.sessions, reading);
  for (const ErrorPage& page : site.error_pages) {
    if (!is_readable(page.file)) {
      reading.error(page.place,
                    site.located.name_of("error_pages") + ": " + page.file + " is no file that can be read");
    }
  }
  if (!site.static_dir.empty()) check_folder(site.located, site.static_dir, reading);
}

}  // namespace

void check_sites(const FileSettings& file, Reading& reading) {
  for (const SiteSettings& site : file.sites) check_site(site, reading);
  FileSettings all = file;  // with the TCP services as sites
  for (const TcpSettings& service : file.tcp) {
    all.sites.push_back(site_of(service));
    check_tcp(service, all.sites.back(), reading);
  }
  check_names(all, reading);
  check_overlaps(all, reading);
  check_redirects(file, reading);
  for (const auto& [door, sites] : doors_of(all)) {
    check_agreement(sites, door, reading);
    if (std::any_of(sites.begin(), sites.end(), [](const SiteSettings* site) { return site->is_tcp; })) {
      check_tcp_door(sites, door, reading);
      continue;
    }
    check_raw_socket(sites, door, reading);
    check_hosts(sites, door, reading);
    check_default(sites, door, reading);
  }
}

void check_files(const FileSettings& file, const ManagementSettings& management, Reading& reading) {
  check_file(management.located, "token_file", management.token_file, reading);
  if (file.app_proxy) {
    const CoordinatorSettings& coordinator = file.app_proxy->coordinator;
    check_file(file.app_proxy->located, "secret_file", coordinator.secret_file, reading);
    check_file(file.app_proxy->located, "ca_file", coordinator.ca_file, reading);
  }
  for (const SiteSettings& site : sites_of(file)) check_site_files(site, reading);
}

Result<> check_file_ports(const Settings& settings) {
  struct Wanted {
    ListenAddress listen;
    std::string key;
    FilePlace place;
  };
  std::vector<Wanted> all;
  for (const SiteSettings& site : sites_of(*settings.file)) {
    for (const ListenAddress& listen : site.listen) all.push_back({listen, listen_key(site), listen_place(site)});
  }
  const ManagementSettings& management = settings.management;
  if (management.is_asked_for) all.push_back({management.listen, "management", management.located.place});
  for (const Wanted& one : all) {
    Settings with_port = settings;
    with_port.edge.address = one.listen.address;
    with_port.edge.port = one.listen.port;
    with_port.edge.tls = {};
    const auto apart = one.listen.path.empty() ? check_ports(with_port) : Result<>{};
    if (apart) continue;
    const std::string why = apart.error().detail;
    return Error{Fault::router, Code::internal, false,
                 settings.file->path + ":" + std::to_string(one.place.line) + ":" + std::to_string(one.place.column) +
                     ": " + one.key + why.substr(why.find(':'))};
  }
  return {};
}

}  // namespace zeroway
