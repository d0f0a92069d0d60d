#include "router/wamp/auth/common_name.h"

#include <optional>

#include "router/wamp/auth/auth_crypto.h"

namespace zeroway {

namespace {

// One TYPE=VALUE, off the front of `rest`; the value without its escapes. Nothing when it is none.
struct Attribute {
  std::string type, value;
};

std::optional<char> take_escaped(std::string_view& rest) {
  const std::string byte = bytes_of_hex(rest.substr(0, 2), 1);
  if (byte.empty() && rest.empty()) return std::nullopt;
  const char meant = byte.empty() ? rest.front() : byte.front();
  rest.remove_prefix(byte.empty() ? 1 : 2);
  return meant;
}

std::optional<Attribute> take_attribute(std::string_view& rest) {
  const auto equals = rest.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Attribute attribute{std::string(rest.substr(0, equals)), ""};
  rest.remove_prefix(equals + 1);
  if (rest.starts_with('#')) attribute.type.clear();  // not a text, but bytes in hex
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == ',' || c == '+') break;
    const auto meant = c == '\\' ? take_escaped(rest) : std::optional(c);
    if (!meant) return std::nullopt;
    attribute.value.push_back(*meant);
  }
  return attribute;
}

}  // namespace

std::string common_name_of(std::string_view subject) {
  std::optional<std::string> name;
  while (!subject.empty()) {
    auto attribute = take_attribute(subject);
    if (!attribute) return {};
    if (attribute->type != "CN") continue;
    if (name) return {};
    name = std::move(attribute->value);
  }
  return name.value_or("");
}

}  // namespace zeroway
