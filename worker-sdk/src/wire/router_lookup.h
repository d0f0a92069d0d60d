// A lookup of one --connect endpoint that is a name: which numeric endpoints it stands for now. It never blocks.
//
// Owner: RouterNames, one for each question.   Thread: the loop.
// An interface: a host's addresses (name_lookup.h), a service's hosts and ports (service_lookup.h). Not here: when to
// ask again, which endpoints to keep (followed_name.h).
#pragma once
#include <poll.h>

#include <chrono>
#include <vector>

#include "followed_name.h"

namespace zeroway {

class RouterLookup {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~RouterLookup() = default;

  // Reads the answers that have come, sends the questions that are due. The lookup is over at its deadline at the
  // latest.
  virtual void step(TimePoint now) = 0;
  [[nodiscard]] virtual bool is_over() const = 0;
  // What is known so far. `fault` is set when the lookup is over.
  [[nodiscard]] virtual NameAnswer answer() const = 0;

  // When to call step(): when one of the sockets is ready, or at that time.
  virtual void add_sockets(std::vector<pollfd>& sockets) const = 0;
  [[nodiscard]] virtual TimePoint next_step(TimePoint now) const = 0;
};

}  // namespace zeroway
