#include "router/backends/files/content_coding.h"

#include <array>
#include <span>

namespace zeroway {

namespace {

constexpr std::array<std::string_view, kCodings> kSuffixes{".br", ".zst", ".gz", ""};
constexpr std::array<Coding, kCodings> kSmallestFirst{Coding::br, Coding::zstd, Coding::gzip, Coding::identity};

}  // namespace

std::string_view coding_suffix(Coding coding) { return kSuffixes[static_cast<std::size_t>(coding)]; }

Coding choose_coding(const Head& request, CodingSet there) {
  if (there == coding_bit(Coding::identity)) return Coding::identity;
  std::array<Coding, kCodings> list{};
  std::size_t size = 0;
  for (const Coding coding : kSmallestFirst)
    if ((there & coding_bit(coding)) != 0) list[size++] = coding;
  return choose_coding(request, std::span<const Coding>(list.data(), size));
}

}  // namespace zeroway
