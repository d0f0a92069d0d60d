// The ports that circuits get beside their paths, and what holds for clients there.
//
// Owner: the plan, which never changes.   Thread: any.
// Not here: which circuit has which port (router/circuits/port_table.h), the sockets (router/port_doors.h).
#pragma once
#include <cstddef>

#include "router/plan/listener_spec.h"
#include "router/settings/port_range.h"

namespace zeroway {

struct CircuitPorts {
  PortRange range;
  std::size_t listener = 0;  // in Plan::listeners: the one whose address and TLS they share
  // As this listener, without its port; every path is the circuit's.
  ListenerSpec http;
  ListenerSpec tcp;  // without TLS: what a TCP service speaks is its own

  // Whether a port of `other` goes on here with the same socket.
  [[nodiscard]] bool is_same_place(const CircuitPorts& other) const {
    return range == other.range && http.is_same_socket(other.http);
  }
  [[nodiscard]] const ListenerSpec& of(Language language) const { return language == Language::tcp ? tcp : http; }
};

}  // namespace zeroway
