#include "router/fabric/listen_endpoint.h"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "router/net/interface_address.h"
#include "router/net/listener.h"
#include "router/net/socket_address.h"

namespace zeroway {
namespace {

constexpr std::string_view kIpc = "ipc://";
constexpr std::string_view kTcp = "tcp://";

Result<Socket> with_endpoint(Listening socket, const std::string& endpoint) {
  if (!socket) return cannot_bind(endpoint, socket.error().why);
  return std::move(*socket);
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Result<Socket> listen_at_path(const std::string& endpoint, const std::string& path) {
  if (const std::string why = why_not_at(endpoint); !why.empty()) return cannot_bind(endpoint, why);
  return with_endpoint(listen_on_unix(path, std::nullopt), endpoint);
}

Result<Socket> listen_at_address(const std::string& endpoint, std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : read_port(address.substr(colon + 1));
  if (!port) return cannot_bind(endpoint, "it has no port");
  std::string_view host = address.substr(0, colon);
  if (host == "*") return with_endpoint(listen_at("", *port, Share::no), endpoint);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  auto numeric = SocketAddress::numeric(host, *port);
  if (!numeric) numeric = interface_address(std::string(host), *port);
  if (!numeric) return cannot_bind(endpoint, "neither an address nor an interface of this machine");
  return with_endpoint(listen_at(numeric->host(), *port, Share::no), endpoint);
}

}  // namespace

std::string why_not_at(std::string_view endpoint) {
  if (!endpoint.starts_with(kIpc)) return {};
  const std::string_view path = endpoint.substr(kIpc.size());
  if (somebody_listens_at(path)) return std::strerror(EADDRINUSE);
  std::error_code error;
  const auto type = std::filesystem::symlink_status(path, error).type();
  const bool is_free = path.starts_with('@') || type == std::filesystem::file_type::not_found ||
                       type == std::filesystem::file_type::socket || type == std::filesystem::file_type::none;
  return is_free ? "" : "there is a file of that name which is no socket";
}

Error cannot_bind(const std::string& endpoint, const std::string& why) {
  return {Fault::router, Code::internal, false, "fabric endpoint " + endpoint + ": " + why};
}

Result<Socket> listen_at_endpoint(const std::string& endpoint) {
  if (endpoint.starts_with(kIpc)) return listen_at_path(endpoint, endpoint.substr(kIpc.size()));
  if (endpoint.starts_with(kTcp)) return listen_at_address(endpoint, std::string_view(endpoint).substr(kTcp.size()));
  return cannot_bind(endpoint, "wants tcp://ADDRESS:PORT or ipc://PATH");
}

}  // namespace zeroway
