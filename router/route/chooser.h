// Picks the member of a pool that takes the next request, and counts what each member has open.
//
// Owner: the pool, outside of the loops.   Thread: any; all loops share one object, without locks. What one loop picks
// moves the turn of all, so several loops are together as even as one.
// Not here: how a member is (route/member_health.h); waiting when all are full; workers (route/balance.h).
#pragma once
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "proto/error.h"
#include "router/route/balance_method.h"
#include "router/route/reservation.h"

namespace zeroway {

struct ChooserMember {
  std::string name;            // address; hashes take it, so that a key stays with an address
  std::uint32_t weight = 1;    // 0 = no traffic, at most kMaxWeight
  std::uint32_t max_open = 0;  // requests at once; 0 = no limit
};

// Whether a member can take a request: a view of a lambda that takes an index, good until the call returns.
class MemberTest {
 public:
  template <class Test>
  requires std::is_class_v<Test> && std::predicate<const Test&, std::size_t> MemberTest(
      const Test& test)  // NOLINT(google-explicit-constructor): a lambda is given where a test is wanted
      : test_(&test), call_([](const void* object, std::size_t member) -> bool {
          return (*static_cast<const Test*>(object))(member);
        }) {}
  [[nodiscard]] bool operator()(std::size_t member) const { return call_(test_, member); }

 private:
  const void* test_;
  bool (*call_)(const void*, std::size_t);
};

class Chooser {
 public:
  // Whether a pool in which no member has weight is an error: it picks nobody.
  enum class Idle : bool { refused, allowed };

  // `seed`: of random_two, any number. Errors (no members, no member with weight, a weight over kMaxWeight, weights
  // whose order is too long) have a detail for the reader of the file.
  [[nodiscard]] static Result<std::unique_ptr<Chooser>> make(BalanceMethod method, std::vector<ChooserMember> members,
                                                             std::uint64_t seed = 0, Idle idle = Idle::refused);
  // The last Reservation is gone before the Chooser.
  ~Chooser();
  Chooser(const Chooser&) = delete;
  Chooser& operator=(const Chooser&) = delete;

  // The same pool with another weight of one member: counts of open requests are shared, so that max_open holds for
  // both together. Errors as of make().
  [[nodiscard]] Result<std::unique_ptr<Chooser>> with_weight(std::size_t index, std::uint32_t weight) const;

  // Picks a member that has weight, has less than max_open open, and passes `may_take`; counts the request as open.
  // Nothing when there is none. `key` is what ip_hash and hash go by, and weighted for a client that is bound by a key;
  // an empty key goes in turn. No allocation. `may_take` is asked about members that are not picked, too, and about
  // some more than once.
  [[nodiscard]] std::optional<Reservation> place(std::string_view key, MemberTest may_take);

  // The same for one member, also without weight: for a client that is bound to it. Nothing when it is full.
  [[nodiscard]] std::optional<Reservation> place_at(std::size_t index);

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] const ChooserMember& member(std::size_t index) const { return members_[index]; }
  [[nodiscard]] std::uint32_t open(std::size_t index) const { return (*counts_)[index].open(); }
  [[nodiscard]] bool is_full(std::size_t index) const {
    return members_[index].max_open != 0 && open(index) >= members_[index].max_open;
  }

 private:
  using Index = std::optional<std::size_t>;
  using OpenCounts = std::vector<OpenCount>;

  Chooser(BalanceMethod method, std::vector<ChooserMember> members, std::uint64_t seed, Idle idle,
          std::shared_ptr<OpenCounts> counts);
  void build_order();
  void build_ids();

  [[nodiscard]] bool can_take(std::size_t index, MemberTest may_take) const;
  [[nodiscard]] bool is_less_loaded(std::size_t one, std::size_t other) const;
  [[nodiscard]] std::uint64_t random();

  [[nodiscard]] Index pick(std::string_view key, MemberTest may_take);
  [[nodiscard]] Index pick_in_turn(MemberTest may_take);
  [[nodiscard]] Index pick_by_chance(MemberTest may_take);
  [[nodiscard]] Index pick_least(MemberTest may_take);
  [[nodiscard]] Index pick_of_two(MemberTest may_take);
  [[nodiscard]] Index draw(MemberTest may_take);
  [[nodiscard]] Index pick_by_key(std::string_view key, MemberTest may_take) const;
  [[nodiscard]] Index pick_first(MemberTest may_take) const;

  const BalanceMethod method_;
  const Idle idle_;
  const std::vector<ChooserMember> members_;
  const std::shared_ptr<OpenCounts> counts_;
  std::vector<std::uint32_t> order_;   // whose turn it is, for one period; members without weight are not in it
  std::vector<std::uint64_t> ids_;     // hashes of the names
  std::vector<std::uint32_t> shares_;  // places of each member in order_
  bool has_even_weights_ = true;
  alignas(64) std::atomic<std::uint64_t> turn_{0};    // the next place in order_, counted on without end
  alignas(64) std::atomic<std::size_t> rotation_{0};  // of least_connections: where the next search begins
  alignas(64) std::atomic<std::uint64_t> random_;
};

}  // namespace zeroway
