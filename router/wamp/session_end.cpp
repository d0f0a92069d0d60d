#include "router/wamp/session_end.h"

#include "router/wamp/own_messages.h"

namespace zeroway {

namespace {

constexpr std::string_view kProtocolViolation = "wamp.error.protocol_violation";
constexpr std::string_view kNoSuchRealm = "wamp.error.no_such_realm";
constexpr std::string_view kNetworkFailure = "wamp.error.network_failure";
constexpr std::string_view kTransportLost = "wamp.close.transport_lost";
constexpr std::string_view kLogout = "wamp.close.logout";
constexpr std::string_view kSystemShutdown = "wamp.close.system_shutdown";

// RFC 6455 §7.4.1, and 1013 of the registry that it founded.
constexpr std::uint16_t kNormal = 1000;
constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kInvalidText = 1007;
constexpr std::uint16_t kTooBig = 1009;
constexpr std::uint16_t kInternalError = 1011;
constexpr std::uint16_t kTryAgainLater = 1013;

SideEnd abort(std::string_view reason, std::uint16_t code) { return {SideEnd::Message::abort, reason, code}; }

SideEnd farewell(Joined joined, std::string_view reason, std::uint16_t code) {
  return {joined == Joined::yes ? SideEnd::Message::goodbye : SideEnd::Message::abort, reason, code};
}

}  // namespace

std::string SideEnd::written(Serializer serializer, std::string_view detail) const {
  switch (message) {
    case Message::none:
      return {};
    case Message::abort:
      return abort_message(serializer, reason, detail);
    case Message::goodbye:
      break;
  }
  return goodbye_message(serializer, reason, detail);
}

SideEnd end_for_client(SessionEnd why, Joined joined) {
  switch (why) {
    case SessionEnd::violation_of_client:
      return abort(kProtocolViolation, kProtocolError);
    case SessionEnd::not_utf8_of_client:
      return {.close_code = kInvalidText};
    case SessionEnd::too_large_of_client:
      return {.close_code = kTooBig};
    case SessionEnd::client_lost:
      return {};
    case SessionEnd::no_such_realm:
      return abort(kNoSuchRealm, kNormal);
    case SessionEnd::backend_unreachable:
      return abort(kNetworkFailure, kTryAgainLater);
    case SessionEnd::backend_lost:
    case SessionEnd::backend_closed:
      return {.reason = kTransportLost, .close_code = kGoingAway};
    case SessionEnd::violation_of_backend:
      if (joined == Joined::no) return abort(kTransportLost, kInternalError);
      return {.reason = kTransportLost, .close_code = kInternalError};
    case SessionEnd::logged_out:
      return farewell(joined, kLogout, kNormal);
    case SessionEnd::shutdown:
      break;
  }
  return farewell(joined, kSystemShutdown, kGoingAway);
}

SideEnd end_for_backend(SessionEnd why, Joined joined) {
  switch (why) {
    case SessionEnd::violation_of_client:
    case SessionEnd::not_utf8_of_client:
    case SessionEnd::too_large_of_client:
    case SessionEnd::client_lost:
    case SessionEnd::backend_closed:
      return farewell(joined, kTransportLost, kGoingAway);
    case SessionEnd::no_such_realm:
    case SessionEnd::backend_unreachable:
    case SessionEnd::backend_lost:
      return {};
    case SessionEnd::violation_of_backend:
      return abort(kProtocolViolation, kProtocolError);
    case SessionEnd::logged_out:
      return farewell(joined, kLogout, kNormal);
    case SessionEnd::shutdown:
      break;
  }
  return farewell(joined, kSystemShutdown, kGoingAway);
}

SessionEnd end_by_client(ValueFault fault) {
  if (fault == ValueFault::not_utf8) return SessionEnd::not_utf8_of_client;
  return fault == ValueFault::too_large ? SessionEnd::too_large_of_client : SessionEnd::violation_of_client;
}

}  // namespace zeroway
