// How a session ends when not both sides have said GOODBYE: what each side is told, and the close code of its
// WebSocket.
//
//     why                     the client gets                          the backend gets
//     violation_of_client     ABORT protocol_violation, 1002           farewell transport_lost, 1001
//     not_utf8_of_client      1007                                     farewell transport_lost, 1001
//     too_large_of_client     1009                                     farewell transport_lost, 1001
//     client_lost             nothing                                  farewell transport_lost, 1001
//     no_such_realm           ABORT no_such_realm, 1000                nothing: there is none
//     backend_unreachable     ABORT network_failure, 1013              nothing
//     backend_lost            1001                                     nothing
//     backend_closed          1001                                     farewell transport_lost, 1001
//     violation_of_backend    1011, before its WELCOME with ABORT       ABORT protocol_violation, 1002
//     logged_out              farewell logout, 1000                    farewell logout, 1000
//     shutdown                farewell system_shutdown, 1001           farewell system_shutdown, 1001
//
// A farewell is GOODBYE once the client has its WELCOME, before that ABORT. Clients come again after a close, and many
// do not after a GOODBYE: so those whose backend is lost get none.
//
// Owner: a value.   Thread: any.   Not here: how they are written (own_messages.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/serializer.h"
#include "router/wamp/value_error.h"

namespace zeroway {

enum class SessionEnd : std::uint8_t {
  violation_of_client,
  not_utf8_of_client,
  too_large_of_client,
  client_lost,
  no_such_realm,
  backend_unreachable,  // nobody took the session in time
  backend_lost,
  backend_closed,  // an operator ends all sessions that the backend has
  violation_of_backend,
  logged_out,  // another session of the same login has said so
  shutdown
};

// What one side is told. Without a close code it is told nothing: it is gone, or was never there.
struct SideEnd {
  enum class Message : std::uint8_t { none, abort, goodbye };
  Message message = Message::none;
  std::string_view reason{};
  std::uint16_t close_code = 0;

  // In the side's serializer; "" = no message. `detail` is for people at that side.
  [[nodiscard]] std::string written(Serializer serializer, std::string_view detail = "") const;
};

enum class Joined : bool { no, yes };  // the client has its WELCOME

[[nodiscard]] SideEnd end_for_client(SessionEnd why, Joined joined);
[[nodiscard]] SideEnd end_for_backend(SessionEnd why, Joined joined);

// Of a message from the client that could not be read, or has no other answer.
[[nodiscard]] SessionEnd end_by_client(ValueFault fault);

}  // namespace zeroway
