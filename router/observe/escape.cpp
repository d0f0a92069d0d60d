#include "router/observe/escape.h"

namespace zeroway {

namespace {

void append_hex(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 15]);
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_plain(c)) {
      out.push_back(c);
    } else {
      out.append("\\x");
      append_hex(out, c);
    }
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (is_plain(c)) {
      out.push_back(c);
    } else if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else {
      out.append("\\u00");
      append_hex(out, c);
    }
  }
  out.push_back('"');
}

}  // namespace zeroway
