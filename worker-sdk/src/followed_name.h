// The addresses that one host name has had lately, and when DNS is asked for them again.
//
//     asked every 30 s; after 1, 1, 2, 4, 5, 5 … s while something fails: the lookup, or a connection to an address
//     a lookup that fails, "no such name" included, changes nothing
//     an address that three whole answers in a row do not have is gone; one whose connection broke, after the first
//
// Owner: RouterNames.   Thread: the loop; `now` is given.
// Not here: the question itself (name_lookup.h), what is done about an address (worker_core.h).
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct NameAnswer {
  std::vector<std::string> addresses;  // numeric
  bool is_whole = false;               // both for IPv4 and for IPv6: what is not in `addresses`, the name has not
  std::string fault;                   // why there is no address; empty when there is one
};

class FollowedName {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Due from the beginning of time: the first question is asked at once.
  FollowedName() = default;

  [[nodiscard]] bool is_due(TimePoint now) const { return now >= due_at_; }
  [[nodiscard]] TimePoint due_at() const { return due_at_; }
  // A lookup has begun; it is not due before its answer.
  void asked(TimePoint now);
  // A lookup has found these so far. True when one of them is new.
  [[nodiscard]] bool found(const std::vector<std::string>& addresses);
  // A lookup is over. True when an address is gone; new ones were told by found().
  [[nodiscard]] bool answered(const NameAnswer& answer, TimePoint now);
  // A connection to this address broke, or does not come about. True when the address is gone by that.
  [[nodiscard]] bool broke(std::string_view address);

  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  struct Known {
    std::string address;
    int missing = 0;  // from how many whole answers in a row
  };

  void ask_soon();

  std::vector<Known> known_;
  TimePoint due_at_{};
  TimePoint asked_at_{};
  bool is_asking_ = false;
  bool was_disturbed_ = false;          // since it was asked last
  std::chrono::milliseconds pause_{0};  // between two questions while something fails; 0 = nothing fails
};

}  // namespace zeroway
