// Where a value stands in a configuration file, so that later errors can name the place.
//
// Owner: the value it belongs to.   Thread: any; never changed after the file was read.
// Not here: how an error is written (settings/reading.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zeroway {

// Lines and columns (in characters) count from 1; 0 = no place in a file. All places are equal: settings that only
// moved to another line are the same settings.
struct FilePlace {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const FilePlace&) const { return true; }
};

// The places of a table and of its keys. All are equal, as places are.
struct Located {
  FilePlace place;
  std::string where;  // "sites.proxy.routes", or the JSON pointer "/sites/0/proxy/routes/1"
  char separator = '.';
  std::vector<std::pair<std::string, FilePlace>> keys;
  // Keys that this file calls otherwise than a file in TOML does: our name, the file's.
  std::vector<std::pair<std::string, std::string>> renamed{};

  [[nodiscard]] bool has(std::string_view key) const {
    for (const auto& [name, at] : keys) {
      if (name == called(key)) return true;
    }
    return false;
  }
  // The place of the key's value; the table's own place when the file does not have the key.
  [[nodiscard]] FilePlace place_of(std::string_view key) const {
    for (const auto& [name, at] : keys) {
      if (name == called(key)) return at;
    }
    return place;
  }
  [[nodiscard]] std::string name_of(std::string_view key) const { return where + separator + std::string(called(key)); }
  [[nodiscard]] std::string_view called(std::string_view key) const {
    for (const auto& [ours, theirs] : renamed) {
      if (ours == key) return theirs;
    }
    return key;
  }

  bool operator==(const Located&) const { return true; }
};

}  // namespace zeroway
