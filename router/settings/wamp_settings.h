// WAMP at a path: what its clients may speak, and whom their sessions go to.
//
// Owner: RouteSettings; a value.   Thread: any.
// Not here: realms that workers announce (proto/control.h: Hello).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/serializer.h"
#include "router/settings/file_place.h"
#include "router/settings/member_url.h"
#include "router/settings/wamp_auth_settings.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

// A router of WAMP that this one dials, with a connection for each session.
struct WampBackendSettings {
  enum class Transport : std::uint8_t { web_socket, raw_socket };

  Located located;
  std::string realm;  // whose sessions it gets; "" = those of all realms that nobody else has
  Transport transport = Transport::web_socket;
  MemberUrl target;        // http, https or unix_socket; of a RawSocket tcp, tls or unix_socket
  std::string host;        // that the WebSocket's opening names
  std::string path = "/";  // the same
  SerializerSet serializers = SerializerSet::all();  // that it speaks; of a RawSocket one
  Millis connect_timeout{10'000};                    // until it has taken the session's transport
  std::uint64_t max_message_size = 0;                // of its messages; 0 = as the path has it
  std::string ca_file;                               // "" = the system's authorities
  std::string server_name;                           // for SNI and the certificate's check; "" = the URL's host
  bool verify = true;
  std::string client_cert, client_key;  // "" = none

  bool operator==(const WampBackendSettings&) const = default;
};

struct WampSettings {
  Located located;
  bool enabled = false;
  SerializerSet serializers = SerializerSet::all();  // that clients may choose from
  bool require_subprotocol = true;                   // else a client that offers none is taken to speak JSON
  bool workers = true;                               // the realms that workers announce are served
  bool status_page = true;                           // for a request that opens no WebSocket; else 426
  std::vector<WampBackendSettings> backends;
  std::optional<WampAuthSettings> auth;  // else the backends check their clients themselves

  bool operator==(const WampSettings&) const = default;
};

}  // namespace zeroway
