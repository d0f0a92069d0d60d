#include "router/net/socket_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>

namespace zeroway {

namespace {

// The number of an interface: by its name, or written as a number. 0 when there is none.
std::uint32_t zone_of(const std::string& name) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failure == std::errc() && end == name.data() + name.size()) return number;
  return ::if_nametoindex(name.c_str());
}

}  // namespace

std::optional<SocketAddress> SocketAddress::numeric(std::string_view host, std::uint16_t port) {
  if (host.find('\0') != std::string_view::npos) return std::nullopt;
  SocketAddress made;
  made.port_ = port;
  if (::inet_pton(AF_INET, std::string(host).c_str(), made.bytes_.data()) == 1) return made;
  made.family_ = Family::v6;
  const std::size_t percent = host.find('%');
  if (::inet_pton(AF_INET6, std::string(host.substr(0, percent)).c_str(), made.bytes_.data()) != 1) return std::nullopt;
  if (percent == std::string_view::npos) return made;
  made.zone_ = zone_of(std::string(host.substr(percent + 1)));
  if (made.zone_ == 0) return std::nullopt;
  return made;
}

Result<SocketAddress> SocketAddress::unix_socket(std::string_view path) {
  const auto refuse = [&](const std::string& why) {
    return Error{Fault::router, Code::internal, false, "unix:" + std::string(path) + ": " + why};
  };
  constexpr std::size_t kMost = sizeof(sockaddr_un::sun_path) - 1;  // and a zero byte
  if (path.empty()) return refuse("the path is empty");
  if (path.find('\0') != std::string_view::npos) return refuse("a zero byte in the path");
  if (path.size() > kMost) {
    return refuse("the path has " + std::to_string(path.size()) + " bytes, over " + std::to_string(kMost));
  }
  SocketAddress made;
  made.family_ = Family::unix_path;
  made.path_ = path;
  return made;
}

std::optional<SocketAddress> SocketAddress::of(const sockaddr& address, std::uint16_t port) {
  SocketAddress made;
  made.port_ = port;
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    std::memcpy(made.bytes_.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return made;
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  made.family_ = Family::v6;
  std::memcpy(made.bytes_.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  made.zone_ = v6.sin6_scope_id;
  return made;
}

std::string SocketAddress::host() const {
  if (is_unix()) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family_ == Family::v4 ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return zone_ == 0 ? text.data() : text.data() + ("%" + std::to_string(zone_));
}

SocketAddress SocketAddress::with_port(std::uint16_t port) const {
  SocketAddress other = *this;
  other.port_ = port;
  return other;
}

std::string SocketAddress::show() const {
  if (is_unix()) return "unix:" + path_;
  return (family_ == Family::v6 ? "[" + host() + "]:" : host() + ":") + std::to_string(port_);
}

unsigned SocketAddress::fill(sockaddr_storage& address) const {
  address = {};
  if (family_ == Family::v4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port_);
    std::memcpy(&v4.sin_addr, bytes_.data(), sizeof v4.sin_addr);
    return sizeof v4;
  }
  if (family_ == Family::v6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port_);
    v6.sin6_scope_id = zone_;
    std::memcpy(&v6.sin6_addr, bytes_.data(), sizeof v6.sin6_addr);
    return sizeof v6;
  }
  auto& path = reinterpret_cast<sockaddr_un&>(address);
  path.sun_family = AF_UNIX;
  path_.copy(path.sun_path, sizeof path.sun_path - 1);
  return sizeof path;
}

}  // namespace zeroway
