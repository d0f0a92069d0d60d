// RawSocket at a site: clients of WAMP that speak it, and the path whose route answers them.
//
// Owner: SiteSettings, Settings; values.   Thread: any.
// Not here: servers that speak it (settings/wamp_settings.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/serializer.h"
#include "router/settings/file_place.h"
#include "router/settings/listen_address.h"

namespace zeroway {

// [sites.rawsocket]
struct RawSocketSettings {
  Located located;
  std::string path;
  bool only =
      false;  // the listener speaks nothing else; else the first byte of a connection says what its client speaks
  SerializerSet serializers = SerializerSet::all();
  std::uint64_t max_message_size = 16 << 20;  // of a client's message; the route's WebSockets may say less
  std::uint32_t max_connections = 0;          // of each thread; 0 = any number

  bool operator==(const RawSocketSettings&) const = default;
};

// A listener of --rawsocket, which speaks nothing else.
struct RawSocketListener {
  ListenAddress listen;
  std::string path;

  bool operator==(const RawSocketListener&) const = default;
};

}  // namespace zeroway
