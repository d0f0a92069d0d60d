// A hash map from text that finds by a view, without making a string.
//
// Owner: a table keeps one.   Thread: as its owner.
// Not here: what the text is (host_table.h, path_table.h, route_table.h).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace zeroway {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace zeroway
