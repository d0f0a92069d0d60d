#include "router/net/interface_address.h"

#include <ifaddrs.h>
#include <sys/socket.h>

#include <memory>
#include <utility>

namespace zeroway {

std::optional<SocketAddress> interface_address(const std::string& name, std::uint16_t port) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::optional<SocketAddress> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || name != entry->ifa_name) continue;
    auto address = SocketAddress::of(*entry->ifa_addr, port);
    if (address && address->family() == SocketAddress::Family::v6) return address;
    if (address && !found) found = std::move(address);
  }
  return found;
}

}  // namespace zeroway
