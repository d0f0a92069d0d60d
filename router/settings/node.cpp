#include "router/settings/node.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "router/settings/limits.h"

namespace zeroway {

namespace {

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kLongestShown)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escaped.data();
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + (text.size() > kLongestShown ? "…\"" : "\"");
}

std::string show_real(double real) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%g", real);
  return text.data();
}

std::string show_list(const std::vector<Node>& items) {
  std::string out = "[";
  for (const Node& item : items) {
    if (out.size() > kLongestShown) return out + ", …]";
    out += (out.size() > 1 ? ", " : "") + item.show();
  }
  return out + "]";
}

}  // namespace

std::string Node::show() const {
  switch (kind) {
    case Kind::flag:
      return flag ? "true" : "false";
    case Kind::number:
      return std::to_string(number);
    case Kind::real:
      return show_real(real);
    case Kind::text:
      return quote(text);
    case Kind::list:
      return show_list(children);
    case Kind::table:
      return "{…}";
    case Kind::other:
      break;
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace zeroway
