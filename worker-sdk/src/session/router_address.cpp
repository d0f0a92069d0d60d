#include "router_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

namespace zeroway {

namespace {

constexpr std::size_t kMaxDnsName = 253, kMaxDnsLabel = 63;  // RFC 1035 §2.3.4

bool may_be_in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

}  // namespace

std::optional<HostAndPort> split_tcp(std::string_view endpoint) {
  constexpr std::string_view kScheme = "tcp://";
  if (!endpoint.starts_with(kScheme)) return std::nullopt;
  endpoint.remove_prefix(kScheme.size());
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = endpoint.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return HostAndPort{std::string(host), std::string(endpoint.substr(colon + 1))};
}

std::string tcp_endpoint(std::string_view host, std::string_view port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  std::string endpoint = is_v6 ? "tcp://[" : "tcp://";
  endpoint.append(host).append(is_v6 ? "]:" : ":").append(port);
  return endpoint;
}

std::optional<std::string> service_name(std::string_view endpoint) {
  constexpr std::string_view kScheme = "srv://";
  if (!endpoint.starts_with(kScheme)) return std::nullopt;
  endpoint.remove_prefix(kScheme.size());
  if (endpoint.empty()) return std::nullopt;
  const std::string name = (endpoint.starts_with('_') ? "" : "_zeroway._tcp.") + std::string(endpoint);
  if (name.size() > kMaxDnsName) return std::nullopt;
  for (std::string_view rest = name;;) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > kMaxDnsLabel || !std::all_of(label.begin(), label.end(), may_be_in_name))
      return std::nullopt;
    if (label.size() == rest.size()) return name;
    rest.remove_prefix(label.size() + 1);
    if (rest.empty()) return name;  // a dot at the end
  }
}

bool is_numeric(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return true;
  return inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &v6) == 1;
}

std::string as_dialled(const std::string& endpoint, const std::string& host) {
  const auto parts = split_tcp(endpoint);
  if (!parts || host.empty()) return endpoint;
  const bool is_any = parts->host == "0.0.0.0" || parts->host == "::";
  return is_any || !is_numeric(parts->host) ? tcp_endpoint(host, parts->port) : endpoint;
}

}  // namespace zeroway
