// How a socket listens for clients, besides where.
//
// Owner: SiteSettings, ListenerSpec; a value.   Thread: any.
// Not here: the place (settings/listen_address.h), binding it (router/net/listener.h).
#pragma once
#include <chrono>
#include <cstdint>

namespace zeroway {

struct ListenTerms {
  std::uint32_t backlog = 0;  // connections that wait to be accepted; 0 = the router's own number (net/limits.h)
  bool shared = false;        // other processes of this user may listen at the port, too: each gets some of the clients
  std::chrono::milliseconds user_timeout{0};  // sent and not acknowledged for so long: dropped; 0 = the kernel's own

  bool operator==(const ListenTerms&) const = default;
};

}  // namespace zeroway
