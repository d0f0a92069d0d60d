#include "router/route/balance.h"

#include <cmath>

#include "router/route/text_hash.h"

namespace zeroway {

std::optional<std::size_t> pick_weighted(std::span<Candidate> candidates) {
  std::int64_t total = 0;
  Candidate* best = nullptr;
  for (Candidate& candidate : candidates) {
    if (!has_room(candidate)) continue;
    candidate.current += candidate.weight;
    total += candidate.weight;
    if (best == nullptr || candidate.current > best->current) best = &candidate;
  }
  if (best == nullptr) return std::nullopt;
  best->current -= total;
  return static_cast<std::size_t>(best - candidates.data());
}

namespace {

// a / b < c / d without dividing.
bool is_less_loaded(const Candidate& one, const Candidate& other) {
  return std::uint64_t{one.in_flight} * other.weight < std::uint64_t{other.in_flight} * one.weight;
}

}  // namespace

std::optional<std::size_t> pick_least(std::span<const Candidate> candidates, std::size_t& rotation) {
  if (candidates.empty()) return std::nullopt;
  std::size_t index = rotation % candidates.size();
  std::optional<std::size_t> best;
  for (std::size_t seen = 0; seen < candidates.size(); ++seen) {
    const Candidate& candidate = candidates[index];
    if (has_room(candidate) && (!best || is_less_loaded(candidate, candidates[*best]))) {
      best = index;
      if (candidate.in_flight == 0) break;  // no candidate can have less
    }
    if (++index == candidates.size()) index = 0;
  }
  if (best) rotation = *best + 1;
  return best;
}

double drawn_number(std::uint64_t key, std::uint64_t id) {
  return static_cast<double>((mixed(key ^ id) >> 11) + 1) * 0x1p-53;
}

// An exponential distribution whose rate is the weight wins as often as the weight says.
std::optional<std::size_t> pick_by_key(std::span<const Candidate> candidates, std::string_view key) {
  const std::uint64_t hash = text_hash(key);
  std::optional<std::size_t> best;
  double lowest = 0;
  for (std::size_t index = 0; index < candidates.size(); ++index) {
    const Candidate& candidate = candidates[index];
    if (!has_room(candidate)) continue;
    const double number = -std::log(drawn_number(hash, candidate.id)) / candidate.weight;
    if (!best || number < lowest) best = index, lowest = number;
  }
  return best;
}

}  // namespace zeroway
