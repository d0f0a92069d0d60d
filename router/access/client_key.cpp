#include "router/access/client_key.h"

#include "router/route/ip_address.h"

namespace zeroway {

namespace {

// The kinds of keys never meet: an address of a client is no value of a field.
std::string begin(std::uint64_t rule, char kind) {
  std::string key(reinterpret_cast<const char*>(&rule), sizeof(rule));
  key += kind;
  return key;
}

}  // namespace

std::string address_key_of(std::uint64_t rule, std::string_view address, unsigned ipv4_bits, unsigned ipv6_bits) {
  std::string key = begin(rule, 'a');
  const auto read = read_ip_address(address);
  if (!read) return key;  // clients of a unix socket are one client
  constexpr unsigned kMappedBits = 96;
  const IpAddress network = first_of(*read, is_ipv4(*read) ? kMappedBits + ipv4_bits : ipv6_bits);
  key.append(network.begin(), network.end());
  return key;
}

std::string rate_key_of(const RateRule& rule, const Head& request, std::string_view address, std::string_view claim) {
  if (rule.key == RateRule::Key::claim && !claim.empty()) return begin(rule.id, 'c').append(claim);
  if (rule.key == RateRule::Key::field) {
    std::string key = begin(rule.id, 'f');
    const std::size_t bare = key.size();
    for (const Field field : request)
      if (field.name == rule.name) key.append(field.value).push_back('\0');
    if (key.size() > bare + 1) return key;
  }
  return address_key_of(rule.id, address, rule.ipv4_bits, rule.ipv6_bits);
}

}  // namespace zeroway
