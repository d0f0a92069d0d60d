// The steer connections that have not sent HELLO yet. A connection without HELLO holds a descriptor. It may also hold a
// routing id that belongs to another worker.
//
// Owner: Strangers.   Thread: one loop.
// Pure: no sockets, no clock. Not here: cutting them (router/fabric/strangers.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <utility>
#include <vector>

#include "router/fabric/limits.h"
#include "router/fabric/wire.h"
#include "router/observe/time.h"

namespace zeroway {

class Newcomers {
 public:
  struct Newcomer {
    ConnectionId connection = -1;
    std::string address;
    Time since{};
  };

  void came(ConnectionId connection, std::string_view address, Time now) {
    newcomers_[connection] = {connection, std::string(address), now};
  }
  // The connection sent HELLO, or it broke off.
  void forget(ConnectionId connection) { newcomers_.erase(connection); }
  // Time in which the router could not read does not count against any newcomer.
  void lost_time(std::chrono::nanoseconds lost) {
    for (auto& [connection, newcomer] : newcomers_) newcomer.since += lost;
  }
  // Takes out the newcomers that have been here for kHelloPatience.
  [[nodiscard]] std::vector<Newcomer> take_overdue(Time now) {
    std::vector<Newcomer> overdue;
    boost::unordered::erase_if(newcomers_, [&](const auto& entry) {
      const bool is_overdue = now - entry.second.since >= kHelloPatience;
      if (is_overdue) overdue.push_back(entry.second);
      return is_overdue;
    });
    return overdue;
  }

 private:
  boost::unordered_flat_map<ConnectionId, Newcomer> newcomers_;
};

}  // namespace zeroway
