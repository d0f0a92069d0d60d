#include "router/route/trusted_networks.h"

namespace zeroway {

Result<> TrustedNetworks::add(std::string_view text) {
  const auto network = read_ip_network(text);
  if (!network) return network.error();
  networks_.add(*network);
  return {};
}

bool TrustedNetworks::is_address(std::string_view text) { return read_ip_address(text).has_value(); }

bool TrustedNetworks::contain(std::string_view text) const {
  if (networks_.is_empty()) return false;
  const auto address = read_ip_address(text);
  return address && networks_.contains(*address);
}

}  // namespace zeroway
