#include "router/settings/settings_file.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

#include "router/settings/certificate_names.h"
#include "router/settings/checks.h"
#include "router/settings/crossbar/node_file.h"
#include "router/settings/description.h"
#include "router/settings/description_permits.h"
#include "router/settings/json_reader.h"
#include "router/settings/limits.h"
#include "router/settings/node_json.h"
#include "router/settings/site_checks.h"
#include "router/settings/table_reader.h"
#include "router/settings/toml_reader.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

Notation notation_of(const std::string& path) { return path.ends_with(".json") ? Notation::json : Notation::toml; }

// Its site is one like any other.
void settle_app_proxy(FileSettings& file, Reading& reading) {
  if (!file.app_proxy) return;
  check_coordinator(*file.app_proxy, reading);
  SiteSettings& site = file.app_proxy->site;
  site.located = file.app_proxy->located;
  if (!site.located.has("listen")) {
    site.listen = {{"", kAppProxyPort, ""}};
    site.located.keys.emplace_back("listen", site.located.place);
  }
  file.sites.push_back(site);
}

void settle_site(SiteSettings& site) {
  if (site.port > 0) site.listen.assign(1, {"", site.port, ""});
  for (std::string& domain : site.ssl.domains) domain = lower_case(domain);
  for (MemberSettings& member : site.proxy.members) member.server_name = lower_case(member.server_name);
}

// What the keys mean for each other, and for settings that the command line has, too.
void settle(Settings& settings) {
  const LoggingSettings& logging = settings.file->logging;
  settings.observe.verbose = logging.level <= LogLevel::debug;
  if (!logging.log_requests) settings.observe.access_log.clear();
  settings.fabric.endpoint = with_address(settings.fabric.endpoint);
  ManagementSettings& management = settings.management;
  const Located& said = management.located;
  if (management.enabled && (said.has("port") || said.has("host"))) management.is_asked_for = true;
}

std::optional<Node> read_tree(std::string_view text, Reading& reading) {
  return reading.notation() == Notation::json ? read_json(text, reading) : read_toml(text, reading);
}

enum class LookAtFiles { yes, no };

// `tree` with the sites only, or without them.
enum class Part { sites, all_else };
Node part_of(const Node& tree, Part part) {
  Node chosen = tree;
  std::erase_if(chosen.children, [part](const Node& child) {
    const bool is_site = child.key == "sites" || child.key == "tcp" || child.key == "app_proxy";
    return is_site != (part == Part::sites);
  });
  return chosen;
}

void read_tables(const Node& tree, Settings& settings, const BeforeSites& before_sites, Reading& reading) {
  if (reading.notation() == Notation::json && crossbar::is_node_file(tree)) {
    if (before_sites) before_sites(settings);
    return crossbar::read_node_file(tree, settings, reading);
  }
  const Table file = describe_file();
  read_table(file, part_of(tree, Part::all_else), "", &settings, reading);
  if (before_sites) before_sites(settings);
  read_table(file, part_of(tree, Part::sites), "", &settings, reading);
}

FileReading read(const std::string& path, std::string_view text, const Environment& environment, LookAtFiles look,
                 const BeforeSites& before_sites) {
  Reading reading(path, notation_of(path), environment);
  Settings settings = usual_of<Settings>();
  settings.file->path = path;
  const auto tree = read_tree(text, reading);
  if (tree && tree->kind != Node::Kind::table) {
    reading.error(tree->place, "the file is " + tree->show() + ": wants a table");
  } else if (tree) {
    read_tables(
        *tree, settings,
        [&](Settings& read_so_far) {
          settle(read_so_far);
          if (before_sites) before_sites(read_so_far);
        },
        reading);
    settle_app_proxy(*settings.file, reading);
    for (SiteSettings& site : settings.file->sites) settle_site(site);
    for (TcpSettings& service : settings.file->tcp) settle_site(service.site);
    check_sites(*settings.file, reading);
    check_management(*settings.file, settings.management, reading);
    if (settings.file->sites.empty()) check_permits(settings.sessions, reading);
    if (look == LookAtFiles::yes) check_files(*settings.file, settings.management, reading);
  }
  FileReading result{{}, reading.errors(), reading.warnings()};
  if (!result.errors.empty()) return result;
  if (tree) {
    result.shown = json_of(*tree);
    result.port_fingerprints = port_fingerprints(*tree, *settings.file);
  }
  result.settings = std::move(settings);
  return result;
}

FileReading unreadable(const std::string& path, const std::string& why) { return {{}, {path + ": " + why}, {}}; }

// --- The text of --check

std::string wamp_backends_of(const WampSettings& wamp) {
  std::string all = wamp.workers ? "WAMP: workers that announce realms" : "WAMP";
  for (const WampBackendSettings& backend : wamp.backends)
    all += ", " + (backend.realm.empty() ? "a backend for all other realms" : "a backend for " + backend.realm);
  return all;
}

std::string answerers_of(const RouteSettings& route, const ProxySettings& proxy) {
  if (route.redirect) return "redirect " + std::to_string(route.redirect->status) + " to " + route.redirect->to;
  if (route.wamp.enabled) return wamp_backends_of(route.wamp);
  if (is_fabric_name(route.pool)) return route.pool;
  std::string all;
  for (const MemberSettings& member : proxy.members) {
    if (member.name == route.pool) all += (all.empty() ? "" : ", ") + member.url;
  }
  return route.pool + " (" + all + ")";
}

std::string certificate_of(const SiteSettings& site, const std::string& language) {
  const SslSettings& ssl = site.ssl;
  if (!ssl.enabled) return "";
  if (ssl.auto_cert == AutoCert::off) return ", " + language + " with " + ssl.cert_file;
  std::string names;
  for (const std::string& name : certificate_names(site)) names += (names.empty() ? "" : ", ") + name;
  const bool is_internal = ssl.auto_cert == AutoCert::internal;
  return ", " + language + " with certificates for " + names +
         (is_internal ? " of the router's own authority" : " ordered from " + ssl.acme.directory());
}

std::string hosts_of(const SiteSettings& site) {
  if (site.hostname.empty() && site.hostnames.empty()) return "every host";
  std::string all = site.hostname;
  for (const std::string& host : site.hostnames) all += ", " + host;
  return all;
}

void describe_tcp_lines(const TcpSettings& service, std::string& out) {
  const SiteSettings site = site_of(service);
  out += "  tcp service " + site.name;
  if (!site.hostname.empty()) out += " for " + hosts_of(site);
  out += site.passes_tls ? ", TLS is passed on" : certificate_of(site, "TLS");
  out += "\n    -> ";
  std::string servers = service.workers.empty() ? "" : "workers that claim " + service.workers;
  for (const MemberSettings& member : site.proxy.members) servers += (servers.empty() ? "" : ", ") + member.url;
  out += servers + "\n";
}

void describe_site_lines(const SiteSettings& site, std::string& out) {
  out += "  site " + site.name + " for " + hosts_of(site) + certificate_of(site, "HTTPS") + "\n";
  if (site.raw_socket)
    out +=
        std::string("    RawSocket") + (site.raw_socket->only ? " alone" : "") + " -> " + site.raw_socket->path + "\n";
  if (site.proxy.enabled) {
    for (const RouteSettings& route : site.proxy.routes) {
      out += "    " + route.path + " -> " + answerers_of(route, site.proxy) + "\n";
    }
  }
  for (const ArchiveSettings& archive : site.archives) out += "    " + archive.path + " of " + archive.file + "\n";
  for (const FolderSettings& folder : site.folders) out += "    " + folder.path + " of " + folder.folder + "\n";
  for (const DocumentSettings& one : site.documents) out += "    " + one.path + " of the file\n";
  if (!site.info_path.empty()) out += "    " + site.info_path + " tells how the router is\n";
  if (!site.static_dir.empty()) out += "    files of " + site.static_dir + "\n";
  if (site.fabric) out += "    workers that connect, for the paths that they claim\n";
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

FileReading read_settings_text(const std::string& path, std::string_view text, const Environment& environment,
                               const BeforeSites& before_sites) {
  return read(path, text, environment, LookAtFiles::no, before_sites);
}

FileReading read_settings_file(const std::string& path, const BeforeSites& before_sites) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  // In pieces: the router keeps the memory that one reading has touched.
  for (std::array<char, 65'536> piece; file && text.size() <= kLargestFile;) {
    file.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad() || (text.empty() && errno != 0)) {
    return unreadable(path, errno != 0 ? std::strerror(errno) : "cannot be read");
  }
  if (text.size() > kLargestFile) return unreadable(path, "is larger than " + std::to_string(kLargestFile) + " bytes");
  return read(path, text, process_environment(), LookAtFiles::yes, before_sites);
}

std::string describe_settings(const Settings& settings) {
  std::map<std::string, std::string> doors;
  for (const SiteSettings& site : settings.file->sites) {
    for (const ListenAddress& listen : site.listen) describe_site_lines(site, doors[to_text(listen)]);
  }
  std::vector<TcpSettings> services = settings.tcp;
  services.insert(services.end(), settings.file->tcp.begin(), settings.file->tcp.end());
  for (const TcpSettings& service : services) {
    for (const ListenAddress& listen : service.site.listen) describe_tcp_lines(service, doors[to_text(listen)]);
  }
  std::string out;
  for (const auto& [door, sites] : doors) out += door + "\n" + sites;
  for (const RawSocketListener& one : settings.raw_sockets)
    out += to_text(one.listen) + "\n  RawSocket -> " + one.path + "\n";
  if (!settings.file->has_listeners()) {
    out += (settings.edge.address.empty() ? "*" : settings.edge.address) + ":" + std::to_string(settings.edge.port) +
           "\n  workers that connect\n";
  }
  if (settings.management.enabled) out += "management at " + to_text(settings.management.listen) + "\n";
  return out + "workers connect to " + settings.fabric.endpoint + "\n";
}

}  // namespace zeroway
