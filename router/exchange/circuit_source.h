// Who knows which services of sessions are announced.
//
// Owner: the fabric implements it.   Thread: one loop.
// Not here: the circuits that are made of them (exchange/circuits.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/exchange/backend.h"

namespace zeroway {

class CircuitSource {
 public:
  enum class Presence : std::uint8_t {
    unknown,   // nobody announces it
    expected,  // nobody does yet, or any more; but workers may come, so its requests may wait
    announced,
  };

  virtual ~CircuitSource() = default;
  // `path`: "/SESSION/SERVICE".
  [[nodiscard]] virtual Presence presence(std::string_view path) const = 0;
  [[nodiscard]] virtual std::shared_ptr<Backend> backend_of(const std::string& path) = 0;
  // Changes whenever a service appears or disappears.
  [[nodiscard]] virtual std::uint64_t circuits_version() const = 0;
};

}  // namespace zeroway
