#include "router/coding/coder_kind.h"

#include <algorithm>
#include <array>

#include "router/coding/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kKiB = 1'024;

// Measured on JSON of 20 KiB, on one core, in MB/s by level from 1.
constexpr std::array<int, 9> kGzipSpeeds{253, 220, 180, 142, 86, 61, 50, 40, 31};
constexpr std::array<int, 9> kBrotliSpeeds{264, 244, 187, 92, 47, 45, 35, 25, 15};
constexpr std::array<int, 12> kZstdSpeeds{518, 490, 416, 378, 170, 141, 139, 100, 80, 60, 45, 35};

template <std::size_t N>
int speed_at(const std::array<int, N>& speeds, int level) {
  return speeds[std::clamp<std::size_t>(static_cast<std::size_t>(level), 1, N) - 1];
}

int speed_of(const CoderKind& kind) {
  if (kind.coding == Coding::gzip) return speed_at(kGzipSpeeds, kind.level);
  return kind.coding == Coding::br ? speed_at(kBrotliSpeeds, kind.level) : speed_at(kZstdSpeeds, kind.level);
}

}  // namespace

CoderKind coder_kind(Coding coding, BodyKind body, const CodingTerms& terms) {
  if (coding == Coding::gzip) return {coding, terms.gzip_level, body};
  if (coding == Coding::zstd) return {coding, terms.zstd_level, body};
  return {coding, body == BodyKind::events ? std::min(terms.br_level, kBrotliEventLevel) : terms.br_level, body};
}

std::size_t coder_memory(const CoderKind& kind) {
  const bool is_small = kind.body == BodyKind::events;
  if (kind.coding == Coding::gzip) return (is_small ? 72 : 264) * kKiB;
  if (kind.coding == Coding::zstd) return (is_small ? 192 : 1'152) * kKiB;
  return (is_small ? 352 : 2'048) * kKiB;
}

std::size_t coder_slice(const CoderKind& kind) {
  constexpr std::size_t kLeast = 2'048, kMost = 32'768;  // less costs more turns than coding, more fills no window
  return std::clamp(static_cast<std::size_t>(speed_of(kind)) * 100 / kKiB * kKiB, kLeast, kMost);
}

}  // namespace zeroway
