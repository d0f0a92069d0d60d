#include "zeroway/url.h"

#include <algorithm>

#include "proto/escapes.h"

namespace zeroway {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

struct RawPair {
  std::string_view name, value;
};

// Takes the first pair off `left`; an empty name and value when the pair is empty.
RawPair take_pair(std::string_view& left) {
  const std::string_view pair = left.substr(0, left.find('&'));
  left.remove_prefix(std::min(pair.size() + 1, left.size()));
  const std::size_t equals = std::min(pair.find('='), pair.size());
  return {pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))};
}

bool is_name(std::string_view raw, std::string_view name) {
  if (raw.find_first_of("%+") == std::string_view::npos) return raw == name;
  return percent_decode(raw, PlusIsSpace::yes) == name;
}

// Calls `visit` with each raw value of this name until it returns false.
template <class Visit>
void visit_values(std::string_view text, std::string_view name, Visit visit) {
  while (!text.empty()) {
    const bool is_empty = text.front() == '&';
    const RawPair pair = take_pair(text);
    if (!is_empty && is_name(pair.name, name) && !visit(pair.value)) return;
  }
}

}  // namespace

std::string percent_decode(std::string_view text, PlusIsSpace plus) {
  return decode_escapes(text, plus == PlusIsSpace::yes ? ' ' : '+');
}

bool has_valid_escapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3))
    if (escaped_byte(text.substr(at)) < 0) return false;
  return true;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += "0123456789ABCDEF"[byte >> 4];
    encoded += "0123456789ABCDEF"[byte & 15];
  }
  return encoded;
}

std::vector<QueryPair> read_query(std::string_view text) {
  std::vector<QueryPair> pairs;
  while (!text.empty()) {
    const bool is_empty = text.front() == '&';
    const RawPair pair = take_pair(text);
    if (!is_empty)
      pairs.emplace_back(percent_decode(pair.name, PlusIsSpace::yes), percent_decode(pair.value, PlusIsSpace::yes));
  }
  return pairs;
}

std::optional<std::string> find_in_query(std::string_view text, std::string_view name) {
  std::optional<std::string> found;
  visit_values(text, name, [&](std::string_view value) {
    found = percent_decode(value, PlusIsSpace::yes);
    return false;
  });
  return found;
}

std::vector<std::string> find_all_in_query(std::string_view text, std::string_view name) {
  std::vector<std::string> found;
  visit_values(text, name, [&](std::string_view value) {
    found.push_back(percent_decode(value, PlusIsSpace::yes));
    return true;
  });
  return found;
}

}  // namespace zeroway
