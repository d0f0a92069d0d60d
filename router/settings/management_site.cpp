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

}  // namespace zeroway
