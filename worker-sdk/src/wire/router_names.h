// The --connect endpoints, and the numeric endpoints that each stands for now: names of hosts and of services are
// looked up and followed.
//
// Owner: WorkerLoop.   Thread: the loop.
// Not here: connections (worker_loop.h); the endpoints of one name (followed_name.h), one question (router_lookup.h).
#pragma once
#include <poll.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "followed_name.h"
#include "join_report.h"
#include "router_lookup.h"
#include "worker-sdk/src/session/router_address.h"
#include "worker-sdk/src/worker_log.h"

namespace zeroway {

class RouterNames {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  RouterNames(const std::vector<std::string>& endpoints, const WorkerLog& log);

  // Begins the lookups that are due and takes the answers that have come. True when the addresses of an endpoint have
  // changed.
  [[nodiscard]] bool step(TimePoint now);
  // A connection to an address of this --connect endpoint broke, or could not be made.
  void broke(const std::string& typed, const std::string& deal);
  [[nodiscard]] const std::vector<RouterAddresses>& addresses() const { return addresses_; }

  void add_sockets(std::vector<pollfd>& sockets) const;
  [[nodiscard]] TimePoint next_step(TimePoint now) const;

 private:
  struct Name {
    std::size_t endpoint;  // in addresses_
    std::string text;      // that is looked up
    FollowedName followed;
    std::unique_ptr<RouterLookup> lookup;  // while a lookup is running
    JoinReport report;
  };

  [[nodiscard]] std::unique_ptr<RouterLookup> look_up(const Name& name, TimePoint now) const;
  [[nodiscard]] bool step(Name& name, TimePoint now);
  void tell(Name& name, const NameAnswer& answer, TimePoint now);
  void take(const Name& name);

  const WorkerLog& log_;
  std::vector<RouterAddresses> addresses_;
  std::vector<Name> names_;
  bool has_changed_ = true;  // since the last step; the first step reports the endpoints that need no lookup
};

}  // namespace zeroway
