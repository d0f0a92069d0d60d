#include "router/settings/addresses.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

namespace zeroway {

namespace {

bool is_of_family(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return ::inet_pton(family, text.c_str(), address.data()) == 1;
}

}  // namespace

bool is_ipv4(const std::string& text) { return is_of_family(AF_INET, text); }

bool is_address(const std::string& text) {
  if (is_of_family(AF_INET, text) || is_of_family(AF_INET6, text)) return true;
  const auto is_name_char = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-' || c == '_'; };
  const bool has_letter = std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c); });
  return has_letter && std::all_of(text.begin(), text.end(), is_name_char);
}

bool is_network(const std::string& text) {
  const auto slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const bool is_v4 = is_of_family(AF_INET, address);
  if (!is_v4 && !is_of_family(AF_INET6, address)) return false;
  if (slash == std::string::npos) return true;
  unsigned bits = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + slash + 1, last, bits);
  return error == std::errc{} && end == last && bits <= (is_v4 ? 32U : 128U);
}

}  // namespace zeroway
