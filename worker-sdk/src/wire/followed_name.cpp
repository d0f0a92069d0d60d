#include "followed_name.h"

#include <algorithm>
#include <utility>

#include "limits.h"

namespace zeroway {

void FollowedName::asked(TimePoint now) {
  asked_at_ = now;
  due_at_ = TimePoint::max();
  is_asking_ = true;
  // Each question of a series of failures waits longer than the one before; the first question without a failure ends
  // the series.
  pause_ = was_disturbed_ ? std::clamp(2 * pause_, kNameAgain, kLongestNamePause) : std::chrono::milliseconds(0);
  was_disturbed_ = false;
}

bool FollowedName::found(const std::vector<std::string>& addresses) {
  bool has_new = false;
  for (const std::string& address : addresses) {
    const auto at =
        std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.address == address; });
    if (at != known_.end()) {
      at->missing = 0;
    } else if (known_.size() < kMaxAddresses) {
      known_.push_back({address});
      has_new = true;
    }
  }
  return has_new;
}

bool FollowedName::answered(const NameAnswer& answer, TimePoint now) {
  is_asking_ = false;
  due_at_ = now + kNameInterval;
  if (!answer.fault.empty()) was_disturbed_ = true;
  if (was_disturbed_) ask_soon();
  if (!answer.is_whole || answer.addresses.empty()) return false;
  for (Known& known : known_)
    if (std::find(answer.addresses.begin(), answer.addresses.end(), known.address) == answer.addresses.end())
      ++known.missing;
  return std::erase_if(known_, [](const Known& known) { return known.missing >= kAnswersWithoutAddress; }) > 0;
}

bool FollowedName::broke(std::string_view address) {
  was_disturbed_ = true;
  if (!is_asking_) ask_soon();
  return std::erase_if(known_, [&](const Known& known) { return known.missing > 0 && known.address == address; }) > 0;
}

void FollowedName::ask_soon() { due_at_ = std::min(due_at_, asked_at_ + std::max(pause_, kNameAgain)); }

std::vector<std::string> FollowedName::addresses() const {
  std::vector<std::string> addresses;
  for (const Known& known : known_) addresses.push_back(known.address);
  return addresses;
}

}  // namespace zeroway
