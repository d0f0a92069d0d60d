#include "router/net/address_table.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "router/net/limits.h"

namespace zeroway {

std::optional<AddressTable::Key> AddressTable::key_of(std::string_view address) {
  const std::string text(address);
  Key key{};
  if (::inet_pton(AF_INET6, text.c_str(), key.data()) == 1) {
    std::fill(key.begin() + 8, key.end(), '\0');
    return key;
  }
  key[10] = key[11] = '\xff';
  if (::inet_pton(AF_INET, text.c_str(), key.data() + 12) == 1) return key;
  return std::nullopt;
}

AddressTable::Entry AddressTable::enter(std::string_view address, Time now) {
  const auto key = key_of(address);
  if (!key) return Entry::yes;
  Address& found = open_[*key];
  if (found.connections < most_) {
    ++found.connections;
    return Entry::yes;
  }
  if (found.told && now - *found.told < kTellAgain) return Entry::no;
  found.told = now;
  return Entry::no_and_tell;
}

void AddressTable::leave(std::string_view address) {
  const auto key = key_of(address);
  if (!key) return;
  const auto at = open_.find(*key);
  if (at != open_.end() && --at->second.connections == 0) open_.erase(at);
}

}  // namespace zeroway
