// Cuts an input into pieces as a network may: not at all, into single bytes, or at random.
//
// Owner: nobody.   Thread: any.
#pragma once
#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway::test {

struct Chopping {
  std::string name;  // for the message of a failing check
  std::vector<std::string_view> pieces;
};

inline std::vector<std::string_view> chop(std::string_view input, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < input.size(); at += size) pieces.push_back(input.substr(at, size));
  return pieces;
}

// Most pieces are short, some are long. The same seed gives the same pieces.
inline std::vector<std::string_view> chop_at_random(std::string_view input, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string_view> pieces;
  while (!input.empty()) {
    const std::size_t most = std::size_t{1} << random() % 12;
    const std::size_t size = std::min<std::size_t>(1 + random() % most, input.size());
    pieces.push_back(input.substr(0, size));
    input.remove_prefix(size);
  }
  return pieces;
}

// Calls `run(chopping)` for each way to cut `input`. Inputs over 256 KiB are not cut into single bytes.
template <class Run>
void for_each_chopping(std::string_view input, Run run) {
  run(Chopping{"whole", {input}});
  if (input.size() <= 262'144) run(Chopping{"byte by byte", chop(input, 1)});
  for (unsigned seed = 1; seed <= 20; ++seed) {
    run(Chopping{"random cuts, seed " + std::to_string(seed), chop_at_random(input, seed)});
  }
}

}  // namespace zeroway::test
