// Whether a word is an address, a host's name or a network.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: places to listen at (settings/listen_address.h), URLs (settings/member_url.h).
#pragma once
#include <string>

namespace zeroway {

[[nodiscard]] bool is_ipv4(const std::string& text);
// An IPv4 or IPv6 address, or a word that could be the name of a host.
[[nodiscard]] bool is_address(const std::string& text);
// "10.0.0.0/8", "2001:db8::/32", or an address alone.
[[nodiscard]] bool is_network(const std::string& text);

}  // namespace zeroway
