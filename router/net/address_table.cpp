#include "router/net/address_table.h"

namespace zeroway {

Entry AddressTable::enter(std::string_view address, Time now) {
  const auto key = address_key(address);
  if (!key) return Entry::yes;
  Address& found = open_[*key];
  if (found.connections < most_) {
    ++found.connections;
    return Entry::yes;
  }
  return found.refusals.refuse(now);
}

void AddressTable::leave(std::string_view address) {
  const auto key = address_key(address);
  if (!key) return;
  const auto at = open_.find(*key);
  if (at != open_.end() && --at->second.connections == 0) open_.erase(at);
}

}  // namespace zeroway
