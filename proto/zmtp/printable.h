// What a peer said, harmless for a log.
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// `text` with '?' for each byte that is no printable ASCII character.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown;
}

}  // namespace zeroway
