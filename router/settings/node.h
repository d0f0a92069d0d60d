// A configuration file as a tree, whatever its notation was.
//
// Owner: the reading of a file.   Thread: the reader's.
// Not here: what the keys mean (settings/description.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/settings/file_place.h"

namespace zeroway {

struct Node {
  enum class Kind : std::uint8_t { flag, number, real, text, list, table, other };  // other: a date, null, nothing

  Kind kind = Kind::other;
  bool flag = false;
  std::int64_t number = 0;
  double real = 0;
  std::string text;
  std::string key;  // in a table
  FilePlace key_place;
  FilePlace place;             // of the value
  std::vector<Node> children;  // of a table, in the order of the file; of a list

  [[nodiscard]] const Node* find(std::string_view name) const {
    for (const Node& child : children) {
      if (child.key == name) return &child;
    }
    return nullptr;
  }
  // As an error repeats it: in the notation of TOML, cut to kLongestShown.
  [[nodiscard]] std::string show() const;
};

}  // namespace zeroway
