#include "router/settings/checks.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "proto/control.h"

namespace zeroway {

namespace {

// Whether a socket at the HTTP address also takes its port at the fabric's host.
bool overlap(const std::string& address, const std::string& host) {
  if (address.empty() || host == "*") return true;
  if (address == "0.0.0.0") return is_ipv4(host);
  return address == host;
}

Error wrong(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

}  // namespace

bool is_local_endpoint(const std::string& endpoint) {
  if (endpoint.starts_with("ipc://")) return true;
  if (!endpoint.starts_with("tcp://")) return false;
  const std::string host = endpoint.substr(6, endpoint.rfind(':') - 6);
  if (host == "localhost" || host == "[::1]" || host == "::1") return true;
  return host.starts_with("127.") && is_ipv4(host);
}

bool is_origin_pattern(const std::string& text) {
  if (text == "*") return true;
  const auto colon = text.find("://");
  if (colon == std::string::npos || colon == 0) return false;
  const std::string rest = text.substr(colon + 3);
  return !rest.empty() && rest.front() != ':' && text.find_first_of(" \t?#@\\") == std::string::npos &&
         rest.find('/') == std::string::npos;
}

Result<> check_web_sockets(const WebSocketSettings& settings) {
  for (const std::string& pattern : settings.allowed_origins) {
    if (is_origin_pattern(pattern)) continue;
    return wrong("allowed_origins '" + pattern + "': wants * or SCHEME://HOST[:PORT], as https://*.example.com");
  }
  struct NamedTime {
    const char* name;
    Millis time;
  };
  for (const auto& [name, time] : {NamedTime{"open_handshake_timeout", settings.open_handshake_timeout},
                                   {"close_handshake_timeout", settings.close_handshake_timeout},
                                   {"auto_ping_interval", settings.auto_ping_interval},
                                   {"auto_ping_timeout", settings.auto_ping_timeout}}) {
    if (time == Millis(0) || time >= kLeastWebSocketTime) continue;
    return wrong(std::string(name) + " " + std::to_string(time.count()) + " ms: wants 0 (off), or at least 1000");
  }
  struct NamedNumber {
    const char* name;
    std::uint32_t number, least, most;
  };
  const WebSocketDeflate deflate = settings.deflate.value_or(WebSocketDeflate{});
  const std::uint32_t asked = deflate.request_max_window_bits == 0 ? 15 : deflate.request_max_window_bits;
  for (const auto& [name, number, least, most] :
       {NamedNumber{"auto_ping_size", settings.auto_ping_size, 12, 125},
        {"compression.deflate.request_max_window_bits", asked, 9, 15},
        {"compression.deflate.max_window_bits", deflate.max_window_bits, 9, 15},
        {"compression.deflate.memory_level", deflate.memory_level, 1, 9}}) {
    if (number >= least && number <= most) continue;
    return wrong(std::string(name) + " " + std::to_string(number) + ": wants " + std::to_string(least) + " to " +
                 std::to_string(most));
  }
  return {};
}

Result<> check_fabric(const FabricSettings& fabric, std::uint32_t threads) {
  if (fabric.heartbeat_timeout < 2 * fabric.heartbeat_interval) {
    return wrong("--heartbeat-timeout of " + std::to_string(fabric.heartbeat_timeout.count()) +
                 " ms: wants at least twice --heartbeat, which is " +
                 std::to_string(fabric.heartbeat_interval.count()) + " ms");
  }
  for (const std::uint32_t index : {0U, threads - 1}) {
    const auto deal = loop_endpoint(fabric.endpoint, index);
    if (!deal) return wrong("--fabric " + fabric.endpoint + ": " + deal.error().detail);
    if (const auto steer = steer_endpoint(*deal); !steer) {
      return wrong("--fabric " + fabric.endpoint + ": " + steer.error().detail);
    }
  }
  if (!fabric.allow_file.empty() && fabric.key_file.empty()) {
    return wrong("--fabric-allow " + fabric.allow_file + ": only together with --fabric-key");
  }
  if (is_local_endpoint(fabric.endpoint) || !fabric.key_file.empty() || fabric.insecure) return {};
  return wrong(
      "--fabric " + fabric.endpoint +
      ": others than this machine could reach it, and whoever reaches it gets requests. Give the router a key "
      "with --fabric-key FILE (tools/keygen makes one), or say --fabric-insecure if the network is yours alone");
}

Result<> check_ports(const Settings& settings) {
  const std::string& endpoint = settings.fabric.endpoint;
  if (!endpoint.starts_with("tcp://")) return {};
  const auto colon = endpoint.rfind(':');
  unsigned first = 0;
  std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), first);
  const unsigned last = first + 2 * settings.threads - 1;  // a pair of ports for each loop
  if (!overlap(settings.edge.address, endpoint.substr(6, colon - 6))) return {};
  const TlsSettings& tls = settings.edge.tls;
  for (const auto& [option, port] :
       {std::pair{"--port", settings.edge.port}, {"--tls-port", tls.is_on() ? tls.port : std::uint16_t{0}}}) {
    if (port < first || port > last) continue;
    return wrong(std::string(option) + ": " + std::to_string(port) + " is a port that workers come to (--fabric " +
                 endpoint + " takes " + std::to_string(first) + " to " + std::to_string(last) +
                 "); give one of them another");
  }
  return {};
}

std::string with_address(const std::string& endpoint) {
  constexpr std::string_view kLocalhost = "tcp://localhost:";
  if (!endpoint.starts_with(kLocalhost)) return endpoint;
  return "tcp://127.0.0.1:" + endpoint.substr(kLocalhost.size());
}

}  // namespace zeroway
