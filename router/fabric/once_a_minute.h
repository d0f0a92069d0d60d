// Lines of the log that a peer provokes again and again: each is written once a minute.
//
// Owner: Strangers.   Thread: one loop.
// Pure: no clock. Not here: how many different lines there may be in a second (router/observe/complaints.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <string_view>

#include "router/fabric/limits.h"
#include "router/observe/time.h"

namespace zeroway {

class OnceAMinute {
 public:
  // Whether to write `line` now: it has not been written for a minute. After kMostRepeated different lines in this
  // minute, no other line is written.
  [[nodiscard]] bool take(std::string_view line, Time now) {
    const auto found = written_.find(std::string(line));
    if (found != written_.end() && now - found->second < std::chrono::minutes(1)) return false;
    if (written_.size() >= kMostRepeated)
      boost::unordered::erase_if(written_,
                                 [now](const auto& entry) { return now - entry.second >= std::chrono::minutes(1); });
    if (written_.size() >= kMostRepeated) return false;
    written_[std::string(line)] = now;
    return true;
  }

 private:
  boost::unordered_flat_map<std::string, Time> written_;
};

}  // namespace zeroway
