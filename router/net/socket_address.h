// Where a stream socket may be dialled or bound: a numeric IPv4 or IPv6 address with a port, or the path of a unix
// socket.
//
// Owner: nobody; a value with an order, so that it can be a key.   Thread: any.
// Not here: names of hosts (net/resolver.h), the address of a client as text (Peer, net/connection.h).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"

struct sockaddr;
struct sockaddr_storage;

namespace zeroway {

class SocketAddress {
 public:
  enum class Family : std::uint8_t { v4, v6, unix_path };

  // `host` is numeric, without brackets; an IPv6 address may have a zone ("fe80::1%eth0"). Nothing for other text.
  [[nodiscard]] static std::optional<SocketAddress> numeric(std::string_view host, std::uint16_t port);
  // Fails when the kernel cannot take the path: empty, over 107 bytes, or with a zero byte.
  [[nodiscard]] static Result<SocketAddress> unix_socket(std::string_view path);
  // An IPv4 or IPv6 address as the system has it; `port` replaces the port in it. Nothing for other families.
  [[nodiscard]] static std::optional<SocketAddress> of(const sockaddr& address, std::uint16_t port);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] bool is_unix() const { return family_ == Family::unix_path; }
  [[nodiscard]] std::uint16_t port() const { return port_; }       // 0 for a unix socket
  [[nodiscard]] const std::string& path() const { return path_; }  // empty for other families
  [[nodiscard]] std::string host() const;                          // numeric, without brackets; empty for a unix socket
  [[nodiscard]] SocketAddress with_port(std::uint16_t port) const;
  // "127.0.0.1:80", "[::1]:80", "unix:/run/app.sock".
  [[nodiscard]] std::string show() const;
  // Writes what the kernel takes, and returns its size.
  [[nodiscard]] unsigned fill(sockaddr_storage& address) const;

  auto operator<=>(const SocketAddress&) const = default;

 private:
  SocketAddress() = default;

  Family family_ = Family::v4;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4: the first four
  std::uint32_t zone_ = 0;
  std::uint16_t port_ = 0;
  std::string path_;
};

}  // namespace zeroway
