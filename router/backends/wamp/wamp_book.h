// What the operator is told of the WAMP of one loop: counts, and the clients that are connected.
//
// Owner: the loop's backends; outlives their sessions.   Thread: that loop.
// Not here: what a session tells of itself (backends/wamp/wamp_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "router/observe/time.h"
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
    // Whether its session is at this worker or server. `member`: a display name, or the URL of a backend that is
    // dialled.
    [[nodiscard]] virtual bool is_at(std::string_view member) const = 0;
    // An operator ends its session.
    virtual void close() = 0;

   protected:
    ~Client() = default;
  };

  WampCounts counts;

  // The client stays until remove(). Its place is above those of all clients that came before.
  [[nodiscard]] Place add(Client& client, Time now);
  void remove(Place place);
  // At most `most` of the clients that came after that of the place `after`, the oldest first; 0 = all of them.
  [[nodiscard]] std::vector<WampSessionFacts> slice(Place after, std::size_t most) const;
  // Ends all sessions that this worker or server has. Returns how many there were.
  std::size_t close_of(std::string_view member);

 private:
  struct Open {
    Client* client;
    Time came;
  };

  std::map<Place, Open> open_;  // places grow: in the order of their coming
  Place last_ = 0;
};

}  // namespace zeroway
