#include "router/net/address_key.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "router/net/limits.h"

namespace zeroway {

std::optional<AddressKey> address_key(std::string_view address) {
  const std::string text(address);
  AddressKey key{};
  if (::inet_pton(AF_INET6, text.c_str(), key.data()) == 1) {
    std::fill(key.begin() + 8, key.end(), '\0');
    return key;
  }
  key[10] = key[11] = '\xff';
  if (::inet_pton(AF_INET, text.c_str(), key.data() + 12) == 1) return key;
  return std::nullopt;
}

bool Refusals::is_told(Time now) const { return told_ && now - *told_ < kTellAgain; }

Entry Refusals::refuse(Time now) {
  if (is_told(now)) return Entry::no;
  told_ = now;
  return Entry::no_and_tell;
}

}  // namespace zeroway
