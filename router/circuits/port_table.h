// Which circuit has which port of the range.
//
//     path ── its hash ──▶ a place in the range ── taken, or not to be bound ──▶ the next one …
//
// Owner: PortDoors.   Thread: the first loop.
// A circuit gets the port that its path points at, so it has the same one after a restart, unless another circuit or
// program has that port.
// Not here: the sockets (router/port_doors.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "router/route/by_text.h"
#include "router/settings/port_range.h"

namespace zeroway {

class PortTable {
 public:
  // Whether the port could be bound.
  using Bind = std::function<bool(std::uint16_t port)>;

  explicit PortTable(PortRange range) : range_(range) {}

  // The port of the circuit from now on: `asked`, or with 0 the first one that is free and that `bind` takes. 0 = there
  // is none. A circuit that has a port gives it back first.
  [[nodiscard]] std::uint16_t take(const std::string& path, std::uint16_t asked, const Bind& bind);
  void give_back(std::string_view path);
  // 0 = it has none.
  [[nodiscard]] std::uint16_t port_of(std::string_view path) const;
  // The circuit that has the port; "" = none.
  [[nodiscard]] const std::string& path_of(std::uint16_t port) const;

  [[nodiscard]] const PortRange& range() const { return range_; }
  [[nodiscard]] std::size_t used() const { return paths_.size(); }

 private:
  [[nodiscard]] bool claim(const std::string& path, std::uint16_t port, const Bind& bind);

  PortRange range_;
  ByText<std::uint16_t> ports_;                 // by path
  std::map<std::uint16_t, std::string> paths_;  // by port
};

}  // namespace zeroway
