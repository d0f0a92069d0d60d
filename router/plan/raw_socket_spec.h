// RawSocket at a listener: a client's connection is a WebSocket of WAMP at this path.
//
// Owner: ListenerSpec; a value.   Thread: any; never changed.
// Not here: servers that speak it (plan/wamp_spec.h), the codec (router/http/raw_socket_codec.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/serializer.h"

namespace zeroway {

struct RawSocketSpec {
  std::string authority;  // chooses the site; "" = that of the TLS handshake, or the address
  std::string path;
  SerializerSet serializers = SerializerSet::all();
  std::size_t most = 16 << 20;         // bytes of a client's longest message; the route's WebSockets may say less
  std::uint32_t most_connections = 0;  // of one loop; 0 = any number

  bool operator==(const RawSocketSpec&) const = default;
};

}  // namespace zeroway
