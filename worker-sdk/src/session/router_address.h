// Endpoints as text: an endpoint of the user, and the numeric addresses that it stands for.
//
// Owner: nobody; values and free functions.   Thread: any.
// Not here: asking for a name's addresses (router_lookup.h), following them (router_names.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

// A --connect endpoint and the deal endpoints that it stands for: numeric endpoints, or ipc.
struct RouterAddresses {
  std::string typed;
  std::vector<std::string> deals;
};

struct HostAndPort {
  std::string host;  // without brackets
  std::string port;
};

// The parts of "tcp://HOST:PORT"; nothing for another transport.
[[nodiscard]] std::optional<HostAndPort> split_tcp(std::string_view endpoint);
// "tcp://HOST:PORT", an IPv6 address in brackets.
[[nodiscard]] std::string tcp_endpoint(std::string_view host, std::string_view port);
// The name that "srv://NAME" asks SRV records of: NAME, or _zeroway._tcp.NAME when NAME names no service. Nothing for
// another scheme, and for what is no name (RFC 1035 §2.3.4).
[[nodiscard]] std::optional<std::string> service_name(std::string_view endpoint);
// Whether libzmq takes the host without a lookup: an IPv4 or IPv6 address, with a zone too ("fe80::1%eth0").
[[nodiscard]] bool is_numeric(const std::string& host);
// An endpoint from a WELCOME, as this worker connects to it: the numeric `host` that answered replaces every host that
// is not numeric ("*", "0.0.0.0", a name, an interface).
[[nodiscard]] std::string as_dialled(const std::string& endpoint, const std::string& host);

}  // namespace zeroway
