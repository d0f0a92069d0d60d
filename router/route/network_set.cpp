#include "router/route/network_set.h"

#include <algorithm>

namespace zeroway {

Result<> NetworkSet::add(std::string_view text) {
  if (text == "all") {
    add(IpNetwork{first_of({}, 0), last_of({}, 0)});
    return {};
  }
  const auto network = read_ip_network(text);
  if (!network) return network.error();
  add(*network);
  return {};
}

// Two networks overlap only when one holds the other.
void NetworkSet::add(const IpNetwork& network) {
  const auto is_inside = [](const IpNetwork& one, const IpNetwork& other) {
    return other.first <= one.first && one.last <= other.last;
  };
  if (std::any_of(networks_.begin(), networks_.end(), [&](const IpNetwork& one) { return is_inside(network, one); }))
    return;
  std::erase_if(networks_, [&](const IpNetwork& one) { return is_inside(one, network); });
  const auto place =
      std::lower_bound(networks_.begin(), networks_.end(), network,
                       [](const IpNetwork& one, const IpNetwork& other) { return one.first < other.first; });
  networks_.insert(place, network);
}

bool NetworkSet::contains(const IpAddress& address) const {
  const auto after = std::upper_bound(networks_.begin(), networks_.end(), address,
                                      [](const IpAddress& one, const IpNetwork& other) { return one < other.first; });
  return after != networks_.begin() && address <= std::prev(after)->last;
}

}  // namespace zeroway
