#include "router/coding/choose_coding.h"

#include <array>

#include "proto/ascii.h"
#include "proto/weighted_list.h"

namespace zeroway {

namespace {

constexpr std::array<std::string_view, kCodings> kAsked{"br", "zstd", "gzip", "identity"};
constexpr int kUnsaid = -1;

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
    const WeightedName member = take_weighted(list);
    liking.hear(member.name, member.weight);
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
