#include "router/settings/nearest_word.h"

#include <algorithm>
#include <utility>

namespace zeroway {

namespace {

// How many letters must be changed, added or left out to make one of the other.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t at = 0; at < row.size(); ++at) row[at] = at;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j - 1] + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  std::size_t least = std::min(word.size(), std::max<std::size_t>(3, word.size() / 3) + 1);
  std::string nearest;
  for (const std::string& candidate : known) {
    const std::size_t far = distance(word, candidate);
    if (far >= least) continue;
    least = far;
    nearest = candidate;
  }
  return nearest;
}

std::string meant(const std::string& nearest) { return nearest.empty() ? "" : "; is " + nearest + " meant?"; }

}  // namespace zeroway
