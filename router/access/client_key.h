// By what a limit tells clients apart, as bytes to be hashed.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: counting (access/rate_table.h, access/open_table.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/head.h"
#include "router/plan/rate_rule.h"

namespace zeroway {

// The network of `address`, which is numeric or "": by so many bits of an IPv4 or an IPv6 address.
[[nodiscard]] std::string address_key_of(std::uint64_t rule, std::string_view address, unsigned ipv4_bits,
                                         unsigned ipv6_bits);
// Of a request, by the rule. `claim`: the value of the rule's claim; "" = the request has none.
[[nodiscard]] std::string rate_key_of(const RateRule& rule, const Head& request, std::string_view address,
                                      std::string_view claim);

}  // namespace zeroway
