// The networks of trusted proxies: IPv4 and IPv6 in CIDR form, parsed once.
//
// Owner: HeaderRules, and sites of the plan.   Thread: any; never changed once built.
// Not here: which fields of trusted proxies are believed (exchange/header_rules.h).
#pragma once
#include <string_view>

#include "proto/error.h"
#include "router/route/network_set.h"

namespace zeroway {

class TrustedNetworks {
 public:
  // "10.0.0.0/8", "fd00::/8", or one address. Fails with bad_request, naming the text, when it is neither.
  [[nodiscard]] Result<> add(std::string_view text);
  [[nodiscard]] bool is_empty() const { return networks_.is_empty(); }
  // `address` numeric, without port or brackets; an IPv4 address mapped into IPv6 counts as IPv4.
  [[nodiscard]] bool contain(std::string_view address) const;
  // Whether `text` is an address, numeric, without port or brackets.
  [[nodiscard]] static bool is_address(std::string_view text);

 private:
  NetworkSet networks_;
};

}  // namespace zeroway
