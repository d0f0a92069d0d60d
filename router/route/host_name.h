// The name in an authority, in the one form that tables compare: lower case, without the port and the root's dot.
//
// Owner: whoever asks a table; it keeps its own copy of the name.   Thread: any.
// Not here: whether the name is a valid one (proto/route_claim.h, router/http/).
#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "proto/ascii.h"
#include "proto/limits.h"

namespace zeroway {

class HostName {
 public:
  // `authority` is "name", "name:port", "[::1]", "[::1]:port", or a bare "::1", which gets its brackets. A name over
  // kMaxHostLength is "", for no table can hold it.
  explicit HostName(std::string_view authority) {
    if (is_bare_ipv6(authority)) {
      if (authority.size() + 2 <= text_.size()) append("["), append(authority), append("]");
      return;
    }
    std::string_view name = without_port(authority);
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.size() <= text_.size()) append(name);
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  static std::string_view without_port(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
  }
  static bool is_bare_ipv6(std::string_view authority) {
    const bool has_colons = authority.find(':') != authority.rfind(':');
    return has_colons && authority.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  void append(std::string_view more) {
    std::transform(more.begin(), more.end(), text_.begin() + size_, to_lower);
    size_ += more.size();
  }

  std::array<char, kMaxHostLength> text_;
  std::size_t size_ = 0;
};

}  // namespace zeroway
