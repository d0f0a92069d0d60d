// Any networks and addresses: a set has an address when one of its networks, read alone and bit by bit, has it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/route/network_set.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

struct Network {
  IpAddress address;
  unsigned bits;

  [[nodiscard]] bool holds(const IpAddress& other) const {
    for (unsigned bit = 0; bit < bits; ++bit)
      if (((address[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
    return true;
  }
};

// Only for texts that a set has taken.
Network read_slowly(std::string_view text) {
  if (text == "all") return {{}, 0};
  const auto slash = text.find('/');
  const auto address = read_ip_address(text.substr(0, slash));
  must(address.has_value());
  const bool is_v6 = text.find(':') != std::string_view::npos;
  unsigned bits = is_v6 ? 128 : 32;
  if (slash != std::string_view::npos) bits = static_cast<unsigned>(std::stoul(std::string(text.substr(slash + 1))));
  return {*address, is_v6 ? bits : bits + 96};
}

}  // namespace

// Each line is a network, an address, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2'000) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  NetworkSet set;
  std::vector<Network> networks;
  std::vector<IpAddress> addresses;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto address = read_ip_address(line)) addresses.push_back(*address);
    if (!set.add(line)) continue;
    networks.push_back(read_slowly(line));
    addresses.push_back(first_of(networks.back().address, networks.back().bits));
    addresses.push_back(last_of(networks.back().address, networks.back().bits));
  }
  for (const IpAddress& address : addresses) {
    bool is_held = false;
    for (const Network& network : networks) is_held = is_held || network.holds(address);
    must(set.contains(address) == is_held);
  }
  return 0;
}
