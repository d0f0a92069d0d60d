// What the operator is told of the WAMP of one loop: counts, and the clients that are connected.
//
// Owner: the loop's backends; outlives their sessions.   Thread: that loop.
// Not here: what a session tells of itself (backends/wamp/wamp_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "router/observe/wamp_counts.h"
#include "router/observe/wamp_session_facts.h"

namespace zeroway {

class WampBook {
 public:
  using Place = std::uint64_t;

  // A client that is connected.
  class Client {
   public:
    [[nodiscard]] virtual WampSessionFacts facts() const = 0;

   protected:
    ~Client() = default;
  };

  WampCounts counts;

  // The client stays until remove().
  [[nodiscard]] Place add(const Client& client);
  void remove(Place place);
  // At most `most` of the clients that are connected, the oldest first.
  [[nodiscard]] std::vector<WampSessionFacts> oldest(std::size_t most) const;

 private:
  std::map<Place, const Client*> open_;  // places grow: in the order of their coming
  Place last_ = 0;
};

}  // namespace zeroway
