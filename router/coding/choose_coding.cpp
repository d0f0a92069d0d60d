#include "router/coding/choose_coding.h"

#include <algorithm>
#include <array>

#include "proto/ascii.h"

namespace zeroway {

namespace {

constexpr std::array<std::string_view, kCodings> kAsked{"br", "zstd", "gzip", "identity"};
constexpr int kUnsaid = -1;

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

struct Liking {
  std::array<int, kCodings> weights{kUnsaid, kUnsaid, kUnsaid, kUnsaid};
  int others = kUnsaid;  // "*"

  void hear(std::string_view name, int weight) {
    if (name == "*") others = weight;
    if (is_same_word(name, "x-gzip")) name = "gzip";  // RFC 9110 §8.4.1.3
    for (std::size_t at = 0; at < kCodings; ++at)
      if (is_same_word(name, kAsked[at])) weights[at] = weight;
  }
  // Identity is acceptable unless it is refused, and liked less than everything that is named.
  [[nodiscard]] int of(Coding coding) const {
    const int own = weights[static_cast<std::size_t>(coding)];
    if (own != kUnsaid) return own;
    if (coding == Coding::identity) return others == 0 ? 0 : 1;
    return others == kUnsaid ? 0 : others;
  }
};

void hear_all(Liking& liking, std::string_view list) {
  while (!list.empty()) {
    std::string_view parameters = take_until(list, ',');
    const std::string_view name = take_until(parameters, ';');
    std::string_view weight = take_until(parameters, ';');
    const bool has_weight = is_same_word(take_until(weight, '='), "q");
    liking.hear(name, has_weight ? read_weight(trimmed(weight)) : 1'000);
  }
}

}  // namespace

Coding choose_coding(const Head& request, std::span<const Coding> there) {
  Liking liking;
  for (const Field field : request)
    if (field.name == "accept-encoding") hear_all(liking, field.value);
  Coding best = Coding::identity;
  int most = 0;
  for (const Coding coding : there) {
    if (liking.of(coding) <= most) continue;
    best = coding;
    most = liking.of(coding);
  }
  return best;
}

}  // namespace zeroway
