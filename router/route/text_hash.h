// Hashes that are the same in every process and on every machine: two routers send a key to the same member.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: hashes of tables (by_text.h). No secret is in them: a client can choose keys that meet.
#pragma once
#include <cstdint>
#include <string_view>

namespace zeroway {

// Each bit of the result depends on each bit of `value` (the finalizer of SplitMix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58'476d'1ce4'e5b9;
  value = (value ^ (value >> 27)) * 0x94d0'49bb'1331'11eb;
  return value ^ (value >> 31);
}

// FNV-1a, mixed: alone, it spreads short keys badly over the high bits.
[[nodiscard]] constexpr std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x0000'0100'0000'01b3;
  return mixed(hash);
}

}  // namespace zeroway
