// The description as text: an example file with every key, and the manual's pages about the file.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the description (settings/description.h).
#pragma once
#include <string>

namespace zeroway {

// TOML with every key: those with a default have it; "#KEY = VALUE", without a space, has an example of the others.
[[nodiscard]] std::string example_file();
// Each table and each key: what fits, what it is for, its default.
[[nodiscard]] std::string describe_keys();

}  // namespace zeroway
