// Whether the values of a configuration file fit together: hosts, ports, pools, routes, certificates.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: whether one value fits its key (settings/description.h), or the command line (settings/checks.h).
#pragma once
#include "router/settings/management_site.h"
#include "router/settings/reading.h"
#include "router/settings/settings.h"

namespace zeroway {

// Notes every error and warning. `file` is not changed.
void check_sites(const FileSettings& file, Reading& reading);
// The checks of one site's backends and routes, for check_sites().
void check_proxy(const SiteSettings& site, Reading& reading);
// Those of who may do what on it, for check_sites().
void check_access(const SiteSettings& site, Reading& reading);
// Those of the management listener, which no site of the file may share.
void check_management(const FileSettings& file, const ManagementSettings& management, Reading& reading);
// Those of the coordinator (settings/coordinator_checks.cpp).
void check_coordinator(const AppProxySettings& app_proxy, Reading& reading);
// Files that the sites and the management listener name and that cannot be read.
void check_files(const FileSettings& file, const ManagementSettings& management, Reading& reading);
// Whether a site or the management port wants a port of the fabric. For after the command line was read: it may move
// the fabric. The error names the file.
[[nodiscard]] Result<> check_file_ports(const Settings& settings);

// The part of check_sites() about TCP services (settings/tcp_checks.cpp), each by itself and those of one place
// together.
void check_tls_keys(const MemberSettings& member, Reading& reading);  // settings/proxy_checks.cpp
void check_tcp(const TcpSettings& service, const SiteSettings& site, Reading& reading);
void check_tcp_door(const std::vector<const SiteSettings*>& sites, const std::string& door, Reading& reading);
// The parts of check_sites() that TCP services have, too.
void check_listen(const SiteSettings& site, Reading& reading);
void check_proxy_header(const SiteSettings& site, Reading& reading);
void check_log(const SiteLogSettings& log, Reading& reading);
void check_health(const HealthSettings& health, Reading& reading);
[[nodiscard]] FilePlace listen_place(const SiteSettings& site);
[[nodiscard]] std::string listen_key(const SiteSettings& site);
// The parts of check_sites() and check_proxy() in settings/tls_checks.cpp.
void check_ssl(const SiteSettings& site, Reading& reading);
void check_redirects(const FileSettings& file, Reading& reading);
// The names of a site, and where they stand.
[[nodiscard]] std::vector<std::pair<std::string, FilePlace>> placed_hosts_of(const SiteSettings& site);
// The part of check_sites() about certificates that the router gets itself (settings/acme_checks.cpp).
void check_auto_cert(const SiteSettings& site, Reading& reading);

}  // namespace zeroway
