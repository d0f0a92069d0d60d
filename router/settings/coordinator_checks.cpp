// Whether the keys of [app_proxy] fit together.
#include "router/settings/site_checks.h"

namespace zeroway {

void check_coordinator(const AppProxySettings& app_proxy, Reading& reading) {
  const Located& located = app_proxy.located;
  if (!app_proxy.coordinator.url.empty()) {
    if (app_proxy.coordinator.secret_file.empty())
      reading.error(located.place_of("coordinator_url"),
                    located.name_of("coordinator_url") + ": wants secret_file, too");
    return;
  }
  for (const char* key : {"secret_file", "authority", "advertised_host", "advertised_port", "advertised_tls",
                          "heartbeat", "ca_file", "verify"}) {
    if (located.has(key))
      reading.warn(located.place_of(key), located.name_of(key) + " changes nothing: there is no coordinator_url");
  }
}

}  // namespace zeroway
