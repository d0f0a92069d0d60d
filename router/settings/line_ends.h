// A file that holds one word, as a secret: without the line ends behind it, which are the editor's.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: reading the file, what the word must be.
#pragma once
#include <string_view>

namespace zeroway {

[[nodiscard]] inline std::string_view without_line_ends(std::string_view text) {
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

}  // namespace zeroway
