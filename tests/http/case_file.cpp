#include "tests/http/case_file.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace zeroway::test {
namespace {

std::string repeat(std::string_view inside) {  // "a*300"
  const auto star = inside.rfind('*');
  if (star == std::string_view::npos) throw std::runtime_error("no * in <<…>>");
  const auto unit = unescape(inside.substr(0, star));
  const auto times = std::stoul(std::string(inside.substr(star + 1)));
  std::string result;
  result.reserve(unit.size() * times);
  for (unsigned long i = 0; i < times; ++i) result += unit;
  return result;
}

char unescape_one(std::string_view& text) {  // after the backslash
  const char c = text.front();
  text.remove_prefix(1);
  switch (c) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '\\':
      return '\\';
    case 'x': {
      const auto value = std::stoi(std::string(text.substr(0, 2)), nullptr, 16);
      text.remove_prefix(2);
      return static_cast<char>(value);
    }
    default:
      throw std::runtime_error(std::string("unknown escape \\") + c);
  }
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (text.starts_with("<<")) {
      const auto end = text.find(">>");
      if (end == std::string_view::npos) throw std::runtime_error("<< without >>");
      result += repeat(text.substr(2, end - 2));
      text.remove_prefix(end + 2);
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    result += c == '\\' ? unescape_one(text) : c;
  }
  return result;
}

std::string escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      result += "\\r";
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\\') {
      result += "\\\\";
    } else if (byte < 0x20 || byte >= 0x7f) {
      std::array<char, 5> hex{};
      std::snprintf(hex.data(), hex.size(), "\\x%02x", byte);
      result += hex.data();
    } else {
      result += c;
    }
  }
  return result;
}

std::string Case::joined(std::string_view key) const {
  std::string result;
  for (const CaseLine& line : lines) {
    if (line.key == key) result += unescape(line.value);
  }
  return result;
}

std::vector<Case> read_cases(const std::string& file) {
  std::ifstream in(std::string(ZEROWAY_CASES) + "/" + file);
  if (!in) throw std::runtime_error("no case file " + file);
  std::vector<Case> cases;
  std::string text;
  while (std::getline(in, text)) {
    if (text.empty() || text.front() == '#') continue;
    const auto colon = text.find(':');
    if (colon == std::string::npos) throw std::runtime_error("no colon in: " + text);
    const auto value = colon + 2 <= text.size() ? text.substr(colon + 2) : std::string();
    const auto key = text.substr(0, colon);
    if (key == "name") {
      cases.push_back({value, {}});
    } else if (cases.empty()) {
      throw std::runtime_error("a line before the first name: " + text);
    } else {
      cases.back().lines.push_back({key, value});
    }
  }
  return cases;
}

}  // namespace zeroway::test
