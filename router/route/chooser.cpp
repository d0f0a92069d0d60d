#include "router/route/chooser.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include "proto/limits.h"
#include "router/route/balance.h"
#include "router/route/limits.h"
#include "router/route/text_hash.h"

namespace zeroway {

namespace {

Error unfit(std::string detail) { return Error{Fault::router, Code::internal, false, std::move(detail)}; }

// The weights as they count in turns, in lowest terms.
std::vector<std::uint32_t> shares_of(BalanceMethod method, const std::vector<ChooserMember>& members) {
  std::vector<std::uint32_t> shares;
  std::uint32_t divisor = 0;
  for (const ChooserMember& member : members) {
    const bool is_by_weight = method == BalanceMethod::weighted;
    shares.push_back(is_by_weight ? member.weight : std::min(member.weight, 1U));
    divisor = std::gcd(divisor, shares.back());
  }
  for (std::uint32_t& share : shares) share /= std::max(divisor, 1U);
  return shares;
}

Result<void> check(BalanceMethod method, const std::vector<ChooserMember>& members, Chooser::Idle idle) {
  if (members.empty()) return unfit("a pool without members");
  for (const ChooserMember& member : members) {
    if (member.weight <= kMaxWeight) continue;
    return unfit("weight " + std::to_string(member.weight) + " of " + member.name + " over " +
                 std::to_string(kMaxWeight));
  }
  const std::vector<std::uint32_t> shares = shares_of(method, members);
  const std::uint64_t turns = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  if (turns == 0 && idle == Chooser::Idle::refused) return unfit("every member has weight 0");
  if (turns <= kMaxSequence) return {};
  return unfit("weights whose order repeats after " + std::to_string(turns) + " requests, over " +
               std::to_string(kMaxSequence));
}

}  // namespace

Result<std::unique_ptr<Chooser>> Chooser::make(BalanceMethod method, std::vector<ChooserMember> members,
                                               std::uint64_t seed, Idle idle) {
  if (auto good = check(method, members, idle); !good) return good.error();
  auto counts = std::make_shared<OpenCounts>(members.size());
  return std::unique_ptr<Chooser>(new Chooser(method, std::move(members), seed, idle, std::move(counts)));
}

Result<std::unique_ptr<Chooser>> Chooser::with_weight(std::size_t index, std::uint32_t weight) const {
  std::vector<ChooserMember> members = members_;
  members[index].weight = weight;
  if (auto good = check(method_, members, idle_); !good) return good.error();
  const std::uint64_t seed = random_.load(std::memory_order_relaxed);
  return std::unique_ptr<Chooser>(new Chooser(method_, std::move(members), seed, idle_, counts_));
}

Chooser::Chooser(BalanceMethod method, std::vector<ChooserMember> members, std::uint64_t seed, Idle idle,
                 std::shared_ptr<OpenCounts> counts)
    : method_(method),
      idle_(idle),
      members_(std::move(members)),
      counts_(std::move(counts)),
      shares_(shares_of(method, members_)),
      random_(seed) {
  build_order();
  build_ids();
}

Chooser::~Chooser() {
  assert(counts_.use_count() > 1 ||
         std::all_of(counts_->begin(), counts_->end(), [](const OpenCount& count) { return count.open() == 0; }));
}

void Chooser::build_order() {
  std::vector<Candidate> candidates;
  for (const std::uint32_t share : shares_) candidates.push_back({.weight = share, .usable = share > 0});
  const std::uint32_t turns = std::accumulate(shares_.begin(), shares_.end(), 0U);
  while (order_.size() < turns) order_.push_back(static_cast<std::uint32_t>(*pick_weighted(candidates)));
}

void Chooser::build_ids() {
  for (const ChooserMember& member : members_) {
    std::uint64_t id = text_hash(member.name);
    // Two members of one name are two members: the second one has its own keys.
    while (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) id = mixed(id + 1);
    ids_.push_back(id);
    has_even_weights_ = has_even_weights_ && (member.weight == members_.front().weight);
  }
}

std::optional<Reservation> Chooser::place(std::string_view key, MemberTest may_take) {
  // Another loop may take the last room of the picked member meanwhile: then pick again, each time without that member.
  for (std::size_t tries = 0; tries <= size(); ++tries) {
    const Index picked = pick(key, may_take);
    if (!picked) return std::nullopt;
    OpenCount& count = (*counts_)[*picked];
    if (count.try_add(members_[*picked].max_open)) return Reservation(*picked, count);
  }
  return std::nullopt;
}

std::optional<Reservation> Chooser::place_at(std::size_t index) {
  OpenCount& count = (*counts_)[index];
  if (!count.try_add(members_[index].max_open)) return std::nullopt;
  return Reservation(index, count);
}

Chooser::Index Chooser::pick(std::string_view key, MemberTest may_take) {
  switch (method_) {
    case BalanceMethod::round_robin:
      return pick_in_turn(may_take);
    case BalanceMethod::least_connections:
      return pick_least(may_take);
    case BalanceMethod::random_two:
      return pick_of_two(may_take);
    case BalanceMethod::weighted:
    case BalanceMethod::ip_hash:
    case BalanceMethod::hash:
      return key.empty() ? pick_in_turn(may_take) : pick_by_key(key, may_take);
    case BalanceMethod::first:
      return pick_first(may_take);
  }
  return std::nullopt;
}

bool Chooser::can_take(std::size_t index, MemberTest may_take) const {
  return members_[index].weight > 0 && !is_full(index) && may_take(index);
}

// a / b < c / d without dividing.
bool Chooser::is_less_loaded(std::size_t one, std::size_t other) const {
  return std::uint64_t{open(one)} * members_[other].weight < std::uint64_t{open(other)} * members_[one].weight;
}

std::uint64_t Chooser::random() {
  static constexpr std::uint64_t kStep = 0x9e37'79b9'7f4a'7c15;  // SplitMix64's: all numbers come before one repeats
  return mixed(random_.fetch_add(kStep, std::memory_order_relaxed));
}

// The turn of a member that is out is lost to all the others alike: giving it to the member behind would double the
// load of that one.
Chooser::Index Chooser::pick_in_turn(MemberTest may_take) {
  const std::size_t tries = std::min<std::size_t>(order_.size(), kSequenceTries);
  for (std::size_t tried = 0; tried < tries; ++tried) {
    const std::size_t index = order_[turn_.fetch_add(1, std::memory_order_relaxed) % order_.size()];
    if (can_take(index, may_take)) return index;
  }
  return pick_by_chance(may_take);
}

// One look at each member; each is chosen as often as its share says.
Chooser::Index Chooser::pick_by_chance(MemberTest may_take) {
  Index chosen;
  std::uint64_t total = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (!can_take(index, may_take)) continue;
    total += shares_[index];
    if (random() % total < shares_[index]) chosen = index;
  }
  return chosen;
}

Chooser::Index Chooser::pick_least(MemberTest may_take) {
  Index best;
  std::size_t index = rotation_.load(std::memory_order_relaxed) % size();
  for (std::size_t seen = 0; seen < size(); ++seen) {
    const bool is_better = !best || is_less_loaded(index, *best);
    if (is_better && can_take(index, may_take)) best = index;
    if (++index == size()) index = 0;
  }
  if (best) rotation_.store(*best + 1, std::memory_order_relaxed);  // two loops at once: one tie is not rotated
  return best;
}

Chooser::Index Chooser::pick_of_two(MemberTest may_take) {
  const Index one = draw(may_take);
  if (!one) return one;
  const Index other = draw([&](std::size_t index) { return index != *one && may_take(index); });
  return other && is_less_loaded(*other, *one) ? other : one;
}

Chooser::Index Chooser::draw(MemberTest may_take) {
  if (order_.empty()) return std::nullopt;
  std::size_t at = 0;
  for (int tried = 0; tried < kRandomTries; ++tried) {
    at = random() % order_.size();
    if (can_take(order_[at], may_take)) return order_[at];
  }
  return pick_by_chance(may_take);
}

// Rendezvous hashing: each member draws a number for the key, and the lowest one wins. So a member's numbers depend on
// no other member, a member that is out leaves its own keys only, and each gets as many keys as its weight says.
Chooser::Index Chooser::pick_by_key(std::string_view key, MemberTest may_take) const {
  const std::uint64_t hash = text_hash(key);
  Index best;
  double lowest = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (members_[index].weight == 0) continue;
    const double drawn = drawn_number(hash, ids_[index]);  // see pick_by_key()
    const double number = has_even_weights_ ? -drawn : -std::log(drawn) / members_[index].weight;
    if ((!best || number < lowest) && can_take(index, may_take)) best = index, lowest = number;
  }
  return best;
}

Chooser::Index Chooser::pick_first(MemberTest may_take) const {
  for (std::size_t index = 0; index < size(); ++index) {
    if (can_take(index, may_take)) return index;
  }
  return std::nullopt;
}

}  // namespace zeroway
