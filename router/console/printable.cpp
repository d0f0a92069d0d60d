#include "router/console/printable.h"

#include <langinfo.h>
#include <wchar.h>

#include <cstring>

namespace zeroway::console {

namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // bytes
  bool is_valid = false;
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// The first character of `text`, which is not empty (RFC 3629 §3: the shortest form, no surrogates).
Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t code = lead & (0x7fu >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if (!continues(text[at])) return {};
    code = code << 6 | (static_cast<unsigned char>(text[at]) & 0x3f);
  }
  const bool is_too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (is_too_long || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {};
  return {code, size, true};
}

bool is_utf8_terminal() { return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

// 0 for characters that must not be shown as they are.
std::size_t width_of(char32_t code) {
  if (code < 0x80) return code >= 0x20 && code < 0x7f ? 1 : 0;
  if (!is_utf8_terminal()) return 0;
  const int width = wcwidth(static_cast<wchar_t>(code));
  return width > 0 ? static_cast<std::size_t>(width) : 0;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Character character = first_of(bytes);
    const std::string_view own = bytes.substr(0, character.size);
    const bool is_shown = character.is_valid && character.code != '\\' && width_of(character.code) > 0;
    if (is_shown) {
      out.append(own);
    } else {
      append_hex(out, own);
    }
    bytes.remove_prefix(character.size);
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_of(text);
    columns += width_of(character.code);
    text.remove_prefix(character.size);
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t taken = 0, size = 0;
  while (size < text.size()) {
    const Character character = first_of(text.substr(size));
    if (taken + width_of(character.code) > columns - 1) break;
    taken += width_of(character.code);
    size += character.size;
  }
  return std::string(text.substr(0, size)) + "~";
}

std::string fitted(std::string_view text, std::size_t columns, Align align) {
  std::string shown = cut(text, columns);
  const std::string space(columns - columns_of(shown), ' ');
  return align == Align::left ? shown + space : space + shown;
}

}  // namespace zeroway::console
