// Where a member of a pool is: an origin's URL, a unix socket, or workers that dial in.
//
// Owner: MemberSettings; a value.   Thread: any.
// Not here: looking the host up, dialling.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

enum class MemberScheme : std::uint8_t { http, https, h2c, unix_socket, fabric, tcp, tls };

struct MemberUrl {
  MemberScheme scheme = MemberScheme::http;
  std::string host;         // lower case, IPv6 without brackets; "" for unix_socket and fabric
  std::uint16_t port = 0;   // with the scheme's default filled in
  std::string socket_path;  // unix_socket
  std::string base;         // path in front of every request's path, without a slash at the end; "" = none
  std::string group;        // fabric: workers with this group; "" = the open pool

  bool operator==(const MemberUrl&) const = default;
};

inline constexpr const char* kMemberUrlForms =
    "http://HOST[:PORT][/BASE], https://…, h2c://…, unix:/SOCKET[:/BASE], tcp://HOST:PORT, tls://HOST:PORT, fabric: or "
    "fabric:GROUP";
inline constexpr const char* kTcpServerForms = "HOST:PORT, [IPV6]:PORT, tls://HOST:PORT or unix:/SOCKET";

// The error's detail says what is wrong with `text`, without `text` itself.
[[nodiscard]] Result<MemberUrl> read_member_url(std::string_view text);
// A server of bytes, as kTcpServerForms has it.
[[nodiscard]] Result<MemberUrl> read_tcp_server(std::string_view text);
// "fabric", "fabric:" and "fabric:GROUP", as a route may name them in the place of a pool.
[[nodiscard]] bool is_fabric_name(std::string_view text);

}  // namespace zeroway
