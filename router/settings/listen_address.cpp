#include "router/settings/listen_address.h"

#include <charconv>
#include <utility>

#include "router/settings/addresses.h"
#include "router/settings/limits.h"

namespace zeroway {

namespace {

Error wrong(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

std::uint16_t read_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, port);
  return error == std::errc{} && end == last ? port : 0;
}

// "8080" or "8080-8090".
bool read_ports(std::string_view text, ListenAddress& listen) {
  const auto dash = text.find('-');
  listen.port = read_port(text.substr(0, dash));
  if (dash == std::string_view::npos) return listen.port > 0;
  listen.last_port = read_port(text.substr(dash + 1));
  return listen.port > 0 && listen.last_port >= listen.port;
}

bool is_everywhere(const ListenAddress& one) { return one.address.empty() || one.address == "0.0.0.0"; }

}  // namespace

Result<ListenAddress> read_listen_address(std::string_view text) {
  ListenAddress listen;
  if (text.starts_with("unix:")) {
    listen.path = text.substr(5);
    if (listen.path.starts_with('/') && listen.path.size() <= kLongestSocketPath) return listen;
    return wrong("the socket's path must begin with '/' and have at most 107 bytes");
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("it has no port");
  std::string address(text.substr(0, colon));
  const bool has_brackets = address.starts_with('[') && address.ends_with(']');
  if (has_brackets) address = address.substr(1, address.size() - 2);
  const bool is_v6 = address.find(':') != std::string::npos;
  if (address == "*" || (address == "::" && has_brackets)) address.clear();
  if (!address.empty() && (!is_address(address) || is_v6 != has_brackets)) {
    return wrong("'" + address + "' is no address");
  }
  listen.address = std::move(address);
  if (!read_ports(text.substr(colon + 1), listen)) return wrong("its port is not 1 to 65535");
  return listen;
}

std::string to_text(const ListenAddress& listen) {
  if (!listen.path.empty()) return "unix:" + listen.path;
  const bool is_v6 = listen.address.find(':') != std::string::npos;
  const std::string address = listen.address.empty() ? "*" : is_v6 ? "[" + listen.address + "]" : listen.address;
  const std::string last = listen.last_port > 0 ? "-" + std::to_string(listen.last_port) : "";
  return address + ":" + std::to_string(listen.port) + last;
}

bool is_in_the_way(const ListenAddress& one, const ListenAddress& other) {
  return !(one == other) && one.path.empty() && other.path.empty() && one.port == other.port &&
         (is_everywhere(one) || is_everywhere(other));
}

}  // namespace zeroway
