#include "router/net/connection_rates.h"

#include <algorithm>

#include "router/net/limits.h"

namespace zeroway {

namespace {

constexpr std::chrono::seconds kSecond{1};

}  // namespace

ConnectionRates::ConnectionRates(std::uint32_t most) : cost_(Clock::duration(kSecond) / most) {}

Entry ConnectionRates::enter(std::string_view address, Time now) {
  const auto key = address_key(address);
  if (!key) return Entry::yes;
  if (known_.size() >= kMaxRatedAddresses) make_room(now);
  Address& found = known_[*key];
  const Time paid_at = std::max(found.paid_at, now) + cost_;
  if (paid_at <= now + kSecond) {
    found.paid_at = paid_at;
    return Entry::yes;
  }
  return found.refusals.refuse(now);
}

// Each look at all addresses leaves at least half of the table free. So the cost of the look, spread over the new
// addresses, is that of a few entries each.
void ConnectionRates::make_room(Time now) {
  std::erase_if(known_, [now](const auto& one) {
    const Address& address = one.second;
    return address.paid_at <= now && !address.refusals.is_told(now);
  });
  if (known_.size() > kMaxRatedAddresses / 2) known_.clear();
}

}  // namespace zeroway
