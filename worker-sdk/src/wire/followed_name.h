// The addresses that one name has had lately, and when DNS is asked for them again.
//
//     asked every 30 s; after 1, 1, 2, 4, 5, 5 … s while something fails: the lookup, or a connection to an address
//     a lookup that fails, "no such name" included, changes nothing
//     an address that three whole answers in a row do not have is gone; one whose connection broke, after the first
//
// Owner: RouterNames.   Thread: the loop; `now` is given.
// Not here: the DNS question (router_lookup.h), connecting to an address or leaving it (router_links.h).
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct NameAnswer {
  std::vector<std::string> addresses;  // deal endpoints, "tcp://10.0.0.1:8000"
  bool is_whole = false;               // the answers for IPv4 and IPv6 are both there: the name has no other addresses
  std::string fault;                   // why there is no address; empty when there is an address
};

class FollowedName {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A new name is due at once.
  FollowedName() = default;

  [[nodiscard]] bool is_due(TimePoint now) const { return now >= due_at_; }
  [[nodiscard]] TimePoint due_at() const { return due_at_; }
  // A lookup has begun; the name is not due before the lookup's answer.
  void asked(TimePoint now);
  // A lookup has found these addresses so far. True when one of them is new.
  [[nodiscard]] bool found(const std::vector<std::string>& addresses);
  // A lookup has ended. True when an address is gone. (found() has reported new addresses.)
  [[nodiscard]] bool answered(const NameAnswer& answer, TimePoint now);
  // A connection to this address broke, or could not be made. True when the address is gone because of that.
  [[nodiscard]] bool broke(std::string_view address);

  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  struct Known {
    std::string address;
    int missing = 0;  // in how many whole answers in a row the address was missing
  };

  void ask_soon();

  std::vector<Known> known_;
  TimePoint due_at_{};
  TimePoint asked_at_{};
  bool is_asking_ = false;
  bool was_disturbed_ = false;          // something failed since the last question
  std::chrono::milliseconds pause_{0};  // between two questions while something fails; 0 = nothing fails
};

}  // namespace zeroway
