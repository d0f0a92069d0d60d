// The client's address, when there are trusted proxies between the client and this router.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: which networks are trusted (route/trusted_networks.h), telling backends (exchange/header_rules.h).
#pragma once
#include <string_view>

#include "proto/head.h"
#include "router/route/trusted_networks.h"

namespace zeroway {

// The last untrusted address of `x-forwarded-for`, or of `forwarded` when `x-forwarded-for` is absent: an untrusted
// host can have invented the addresses before its own. The first address, when all addresses are trusted. `peer`, the
// address at the other end of the connection, when `peer` is not trusted. A node that is no address ("unknown", a name)
// ends the list. The result is numeric, without a port, and good as long as `head` and `peer` are.
[[nodiscard]] std::string_view client_address(const Head& head, std::string_view peer, const TrustedNetworks& trusted);

// Whether the first proxy, which saw the client, says in `x-forwarded-proto`, or else in `forwarded`, that the client
// came by https. To be asked only for a trusted peer.
[[nodiscard]] bool came_by_https(const Head& head);

}  // namespace zeroway
