#include "proto/weighted_list.h"

#include <algorithm>

#include "proto/ascii.h"

namespace zeroway {

namespace {

// "0.85" is 850, text that is no weight 0: a client that cannot say what it likes gets the reply as it is.
int read_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int weight = (text[0] - '0') * 1'000;
  if (text.size() > 1 && text[1] != '.') return 0;
  int unit = 100;
  for (std::size_t at = 2; at < text.size(); ++at, unit /= 10) {
    if (text[at] < '0' || text[at] > '9') return 0;
    weight += (text[at] - '0') * unit;
  }
  return std::min(weight, 1'000);
}

std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

}  // namespace

WeightedName take_weighted(std::string_view& list) {
  std::string_view parameters = take_until(list, ',');
  WeightedName member{take_until(parameters, ';')};
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, ';');
    if (is_same_word(take_until(value, '='), "q")) member.weight = read_weight(trimmed(value));
  }
  return member;
}

}  // namespace zeroway
