#include "path_prefix.h"

#include <algorithm>
#include <stdexcept>

#include "zeroway/url.h"

namespace zeroway {

namespace {

// Takes the first segment off "/a/b": "a", and leaves "/b".
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// Calls `is_same` with each segment of the prefix, and the segment of the path in the same place.
template <class IsSame>
bool has_prefix(std::string_view path, std::string_view prefix, IsSame is_same) {
  while (!prefix.empty()) {
    if (!path.starts_with('/')) return false;
    const std::string_view wanted = take_segment(prefix);
    if (!is_same(take_segment(path), wanted)) return false;
  }
  return true;
}

}  // namespace

std::string checked_prefix(std::string_view prefix) {
  if (!prefix.starts_with('/'))
    throw std::invalid_argument("prefix \"" + std::string(prefix) + "\": it must start with '/'");
  if (prefix.find_first_of("*{}?#% ") != std::string_view::npos)
    throw std::invalid_argument("prefix \"" + std::string(prefix) +
                                "\": it is a path of literal segments, and has all below it: no '*', '{', '?', '%'");
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return std::string(prefix);
}

bool is_below(std::string_view path, std::string_view prefix) {
  return has_prefix(path, prefix, [](std::string_view segment, std::string_view wanted) {
    return segment == wanted || (segment.find('%') != std::string_view::npos && percent_decode(segment) == wanted);
  });
}

bool may_be_below(std::string_view pattern, std::string_view prefix) {
  bool is_tail = false;
  return has_prefix(pattern, prefix,
                    [&](std::string_view segment, std::string_view wanted) {
                      is_tail |= segment == "*";
                      return is_tail || segment.starts_with('{') || percent_decode(segment) == wanted;
                    }) ||
         is_tail;
}

}  // namespace zeroway
