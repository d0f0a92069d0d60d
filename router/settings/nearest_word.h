// The known word that an unknown word was perhaps meant to be.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: the error that names the word (settings/command_line.cpp).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

// The first of the `known` words that need the fewest letters changed, added or left out: at most three, or a third of
// `word`. "" when there is none.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

// Behind an error: "; is NEAREST meant?", or "" without one.
[[nodiscard]] std::string meant(const std::string& nearest);

}  // namespace zeroway
