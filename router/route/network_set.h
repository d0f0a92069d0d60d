// A set of networks, IPv4 and IPv6, of any number: a look-up halves the list.
//
// Owner: rules of the plan; a value, never changed once it is built.   Thread: any.
// Not here: who is let in by it (router/plan/access_rules.h).
#pragma once
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/route/ip_address.h"

namespace zeroway {

class NetworkSet {
 public:
  // "10.0.0.0/8", "fd00::/8", one address, or "all". Fails with bad_request, naming the text, when it is none of them.
  [[nodiscard]] Result<> add(std::string_view text);
  void add(const IpNetwork& network);
  [[nodiscard]] bool is_empty() const { return networks_.empty(); }
  [[nodiscard]] bool contains(const IpAddress& address) const;

  bool operator==(const NetworkSet&) const = default;

 private:
  std::vector<IpNetwork> networks_;  // in order; no two of them overlap
};

}  // namespace zeroway
