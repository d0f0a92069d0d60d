#include "router/plan/coding_terms_of.h"

#include <array>

namespace zeroway {

namespace {

// Levels that take no more time than gzip's of the same number, measured on JSON. At level 6 they take a half (br) and
// a third (zstd) of gzip's time, for no more bytes.
constexpr std::array<int, 10> kBrotliLevels{0, 1, 2, 2, 3, 3, 4, 5, 6, 7};
constexpr std::array<int, 10> kZstdLevels{0, 1, 1, 2, 3, 3, 5, 6, 7, 8};

int level_of(std::uint32_t said, const std::array<int, 10>& made, std::uint32_t level) {
  return said > 0 ? static_cast<int>(said) : made.at(level);
}

std::vector<Coding> codings_of(const std::vector<std::string>& names) {
  std::vector<Coding> codings;
  for (const std::string& name : names)
    for (const Coding coding : {Coding::br, Coding::zstd, Coding::gzip})
      if (name == coding_name(coding)) codings.push_back(coding);
  codings.push_back(Coding::identity);
  return codings;
}

}  // namespace

std::optional<CodingTerms> coding_terms_of(const CompressionSettings& said) {
  if (!said.enabled || said.level == 0 || said.types.empty() || said.codings.empty()) return std::nullopt;
  return CodingTerms{.codings = codings_of(said.codings),
                     .types = said.types,
                     .min_size = said.min_size,
                     .gzip_level = static_cast<int>(said.level),
                     .br_level = level_of(said.br_level, kBrotliLevels, said.level),
                     .zstd_level = level_of(said.zstd_level, kZstdLevels, said.level)};
}

}  // namespace zeroway
