// Who asked, when trusted proxies stand between.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: who is trusted (exchange/trusted_networks.h), telling workers (exchange/header_rules.h).
#pragma once
#include <string_view>

#include "proto/head.h"
#include "router/exchange/trusted_networks.h"

namespace zeroway {

// Of the addresses that `x-forwarded-for` lists, or `forwarded` when that says nothing, the last one that is not
// trusted: what stands before it anybody may have invented. The first, when all are trusted; `peer`, whose connection
// it is, when that is not. What is no address ends the list: "unknown", a name. Numeric, without a port; good as long
// as `head` and `peer` are.
[[nodiscard]] std::string_view client_address(const Head& head, std::string_view peer, const TrustedNetworks& trusted);

}  // namespace zeroway
