#include "router/settings/management_site.h"

namespace zeroway {

SiteSettings site_of(const ManagementSettings& management) {
  SiteSettings site;
  site.located = management.located;
  site.name = "management";
  if (!management.hostnames.empty()) {
    site.hostname = management.hostnames.front();
    site.hostnames.assign(management.hostnames.begin() + 1, management.hostnames.end());
  }
  site.listen = {management.listen};
  site.is_default = true;
  site.fabric = site.builtin_health = false;
  site.access = management.access;
  site.ssl = management.ssl;
  site.log = management.log;
  return site;
}

SiteSettings site_of(const TcpSettings& service) {
  SiteSettings site = service.site;
  site.located = service.located;
  site.is_tcp = true;
  site.is_default = site.hostnames.empty();
  site.strict_host = !site.is_default;
  site.fabric = site.builtin_health = false;
  if (!site.hostnames.empty()) {  // a site has a first name
    site.hostname = site.hostnames.front();
    site.hostnames.erase(site.hostnames.begin());
  }
  RouteSettings route;
  route.located = service.located;
  route.path = "/";
  route.pool = site.name;
  route.balance = service.balance;
  route.timeout = {service.connect_timeout, Millis(0), Millis(0)};
  route.retries = 0;
  for (MemberSettings& member : site.proxy.members) {
    member.name = site.name;
    member.proxy_protocol = service.send_proxy;
  }
  site.proxy.enabled = service.workers.empty();
  site.proxy.routes = {std::move(route)};
  return site;
}

}  // namespace zeroway
