#include "router/plan/realm_url.h"

namespace zeroway {

std::string url_of(const RealmSpec& realm) {
  const ServerSpec& server = realm.pool.servers.front();
  if (server.is_unix()) return server.name;
  const bool is_raw = realm.transport == RealmSpec::Transport::raw_socket;
  return std::string(is_raw ? "rs" : "ws") + (server.has_tls() ? "s" : "") + "://" + server.name +
         (is_raw ? "" : realm.path);
}

}  // namespace zeroway
