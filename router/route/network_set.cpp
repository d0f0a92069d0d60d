#include "router/route/network_set.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace zeroway {

namespace {

Error not_a_network(std::string_view text) {
  return Error{Fault::router, Code::bad_request, false, "not a network: '" + std::string(text) + "'"};
}

}  // namespace

Result<> NetworkSet::add(std::string_view network) {
  if (network == "all") {
    add({first_of({}, 0), last_of({}, 0)});
    return {};
  }
  const std::size_t slash = network.find('/');
  const std::string_view text = network.substr(0, slash);
  const auto address = read_ip_address(text);
  if (!address) return not_a_network(network);
  const unsigned most = text.find(':') == std::string_view::npos ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view number = network.substr(slash + 1);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), bits);
    if (failure != std::errc() || end != number.data() + number.size() || bits > most) return not_a_network(network);
  }
  bits += 128 - most;
  add({first_of(*address, bits), last_of(*address, bits)});
  return {};
}

// Two networks overlap only when one holds the other.
void NetworkSet::add(Range range) {
  const auto is_inside = [](const Range& one, const Range& other) {
    return other.first <= one.first && one.last <= other.last;
  };
  if (std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& one) { return is_inside(range, one); })) return;
  std::erase_if(ranges_, [&](const Range& one) { return is_inside(one, range); });
  const auto place = std::lower_bound(ranges_.begin(), ranges_.end(), range,
                                      [](const Range& one, const Range& other) { return one.first < other.first; });
  ranges_.insert(place, range);
}

bool NetworkSet::contains(const IpAddress& address) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](const IpAddress& one, const Range& range) { return one < range.first; });
  return after != ranges_.begin() && address <= std::prev(after)->last;
}

}  // namespace zeroway
