// Which clients may connect to this loop: how many there are, of each address and of all.
//
// Owner: Router keeps one per loop.   Thread: that loop.
// A new connection of an address that has too many connections, or opens connections too fast, is not let in.
// Connections of trusted proxies are not counted by address: a proxy speaks for many clients. At
// HttpLimits::max_connections all gates pause until a connection ends; new connections wait in the kernel's backlog.
// Not here: accepting and closing (edge/front_door.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/exchange/exchanges.h"
#include "router/net/address_table.h"
#include "router/net/connection_rates.h"
#include "router/net/loop.h"
#include "router/observe/complaints.h"
#include "router/settings/settings.h"

namespace zeroway {

// Something that accepts connections.
class Gate {
 public:
  virtual ~Gate() = default;
  virtual void pause() = 0;
  virtual void resume() = 0;
};

class Admission {
 public:
  Admission(Loop& loop, const HttpLimits& limits, const Exchanges& exchanges, Counters& counters);

  // A gate is paused at once when the loop is full. It leaves before it is destroyed.
  void join(Gate& gate);
  void leave(Gate& gate);

  // Whether a new connection of `address` is let in. Then left() must be called once when it ends.
  [[nodiscard]] bool enters(const std::string& address);
  void left(const std::string& address);

 private:
  [[nodiscard]] bool may_enter(const std::string& address);
  // Whether `entry`, the result for an address with a limit of `most`, lets the address in. If not, counts it in
  // `refused` and logs it.
  [[nodiscard]] bool admits(const std::string& address, Entry entry, std::uint64_t& refused, std::size_t most,
                            std::string_view what);

  Loop& loop_;
  const HttpLimits& limits_;
  const Exchanges& exchanges_;
  Counters& counters_;
  std::optional<AddressTable> addresses_;  // none without a limit of connections
  std::optional<ConnectionRates> rates_;   // none without a limit of new connections
  Complaints complaints_;
  std::vector<Gate*> gates_;
  std::size_t connections_ = 0;
};

}  // namespace zeroway
