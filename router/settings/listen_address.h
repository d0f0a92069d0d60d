// A place where clients are accepted: an address and a port, or a unix socket.
//
// Owner: SiteSettings; a value.   Thread: any.
// Not here: binding it (router/net/listener.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

struct ListenAddress {
  std::string address;          // "" = every address, IPv6 and IPv4; IPv6 without brackets
  std::uint16_t port = 0;       // 0 only with `path`
  std::string path;             // unix socket; "" = none
  std::uint16_t last_port = 0;  // the first free one from `port` to this; 0 = `port` alone

  bool operator==(const ListenAddress&) const = default;
};

inline constexpr const char* kListenForms = "ADDRESS:PORT, [IPV6]:PORT, *:PORT, *:PORT-PORT or unix:/SOCKET";

[[nodiscard]] Result<ListenAddress> read_listen_address(std::string_view text);
// As kListenForms has it.
[[nodiscard]] std::string to_text(const ListenAddress& listen);
// Whether both cannot be bound at once although they differ: one port, and one of them takes every address.
[[nodiscard]] bool is_in_the_way(const ListenAddress& one, const ListenAddress& other);

}  // namespace zeroway
