// Which of many workers takes the next stream: pure functions over a span of candidates.
//
// Owner: nobody; the caller keeps the candidates and the rotation.   Thread: any.
// Not here: which workers are candidates and whether each is usable (router/fabric/roster.h); which pool
// (route/route_table.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace zeroway {

struct Candidate {
  std::uint32_t weight = 1;  // 1 … kMaxWeight
  std::uint32_t in_flight = 0;
  std::uint32_t capacity = 1;
  bool usable = true;        // ready: not draining, not silent
  std::uint64_t id = 0;      // pick_by_key's: what tells it from the others; see route/text_hash.h
  std::int64_t current = 0;  // pick_weighted's own; begins at 0
};

[[nodiscard]] inline bool has_room(const Candidate& candidate) {
  return candidate.usable && candidate.in_flight < candidate.capacity;
}

// Smooth weighted round robin: weights 5, 1, 1 give a a b a c a a, never a a a a a b c; even weights give plain round
// robin. Nothing when no candidate has room. The caller counts in_flight.
[[nodiscard]] std::optional<std::size_t> pick_weighted(std::span<Candidate> candidates);

// The candidate with the least in flight for its weight. Among equal candidates, the next one after the last pick.
// `rotation` remembers the last pick; it begins at 0, and any value is good, also after candidates came or went.
[[nodiscard]] std::optional<std::size_t> pick_least(std::span<const Candidate> candidates, std::size_t& rotation);

// The candidate that always gets this key while it has room (rendezvous hashing): each draws a number for the key, and
// the lowest one wins. A candidate that is out leaves its own keys only, and each gets as many keys as its weight says.
[[nodiscard]] std::optional<std::size_t> pick_by_key(std::span<const Candidate> candidates, std::string_view key);
// The number that a member draws for the key, in (0, 1]; `key` and `id` are hashes of text_hash.h.
[[nodiscard]] double drawn_number(std::uint64_t key, std::uint64_t id);

}  // namespace zeroway
