#include "router/backends/origin_tls.h"

#include <algorithm>
#include <string>
#include <utility>

namespace zeroway {

namespace {

using Protocols = std::vector<std::string>;  // none: of bytes nobody knows what to offer

// Reading the system's authorities takes milliseconds: servers with equal rules share them.
class Loader {
 public:
  Result<TlsClient> load(const ServerSpec& server, Protocols protocols) {
    TlsClientSettings settings{.verify = server.verify,
                               .ca_file = server.ca_file,
                               .identity = {server.client_certificate, server.client_key},
                               .protocols = std::move(protocols)};
    const auto known =
        std::find_if(loaded_.begin(), loaded_.end(), [&settings](const auto& one) { return one.first == settings; });
    if (known != loaded_.end()) return known->second;
    auto client = TlsClient::load(settings);
    if (client) loaded_.emplace_back(std::move(settings), *client);
    return client;
  }

 private:
  std::vector<std::pair<TlsClientSettings, TlsClient>> loaded_;
};

}  // namespace

Result<std::vector<std::optional<OriginTls>>> load_origin_tls(const std::vector<ServerSpec>& servers) {
  Loader loader;
  std::vector<std::optional<OriginTls>> all;
  for (const ServerSpec& server : servers) {
    all.emplace_back();
    if (!server.has_tls()) continue;
    const bool is_http = !server.carries_bytes();
    const auto any = loader.load(server, is_http ? Protocols{"h2", "http/1.1"} : Protocols{});
    if (!any) return any.error();
    const auto only_http1 = loader.load(server, is_http ? Protocols{"http/1.1"} : Protocols{});
    if (!only_http1) return only_http1.error();
    const std::string& name = server.server_name.empty() ? server.host : server.server_name;
    all.back().emplace(OriginTls{any->named(name), only_http1->named(name)});
  }
  return all;
}

}  // namespace zeroway
