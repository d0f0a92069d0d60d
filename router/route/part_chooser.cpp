#include "router/route/part_chooser.h"

#include <algorithm>
#include <array>

#include "router/route/text_hash.h"

namespace zeroway {

namespace {

constexpr std::uint32_t kAnyNumber = UINT32_MAX;  // of requests at once: a part knows itself whether it is full

}  // namespace

PartChooser::PartChooser(BalanceMethod method, const std::vector<Part>& parts) : method_(method) {
  for (const Part& part : parts) {
    candidates_.push_back({.weight = part.weight, .capacity = kAnyNumber, .id = text_hash(part.name)});
  }
}

std::size_t PartChooser::pick(std::string_view key, std::span<const PartState> states,
                              std::optional<std::size_t> avoided) {
  using Room = PartState::Room;
  for (std::size_t index = 0; index < candidates_.size(); ++index) candidates_[index].in_flight = states[index].open;
  for (const Room least : {Room::free, Room::full, Room::standby, Room::standby_full, Room::paused, Room::nobody})
    if (allow(states, avoided, least)) return pick_allowed(key);
  static_cast<void>(allow(states, std::nullopt, Room::nobody));  // only the avoided part has weight
  return pick_allowed(key);
}

// Whether any part has at least this room. Parts without it are not picked.
bool PartChooser::allow(std::span<const PartState> states, std::optional<std::size_t> avoided, PartState::Room least) {
  bool is_any = false;
  for (std::size_t index = 0; index < candidates_.size(); ++index) {
    Candidate& candidate = candidates_[index];
    candidate.usable = candidate.weight > 0 && index != avoided && states[index].room >= least;
    is_any |= candidate.usable;
  }
  return is_any;
}

std::size_t PartChooser::pick_allowed(std::string_view key) {
  const bool is_keyed =
      (method_ == BalanceMethod::ip_hash || method_ == BalanceMethod::hash || method_ == BalanceMethod::weighted) &&
      !key.empty();
  if (is_keyed) return pick_by_key(candidates_, key).value_or(0);
  if (method_ == BalanceMethod::first) {
    const auto first = std::find_if(candidates_.begin(), candidates_.end(), [](const auto& one) { return one.usable; });
    return static_cast<std::size_t>(first - candidates_.begin()) % candidates_.size();
  }
  const bool is_by_load = method_ == BalanceMethod::least_connections || method_ == BalanceMethod::random_two;
  const auto picked = is_by_load ? pick_least(candidates_, rotation_) : pick_weighted(candidates_);
  return picked.value_or(0);
}

}  // namespace zeroway
