// What went wrong, which side must act, and whether a retry is safe.
//
// Owner: the caller; a value.   Thread: any.
// Not here: which HTTP status an error becomes (router/exchange/error_reply.h).
#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace zeroway {

// Which side must act so that the error does not happen again.
enum class Fault : std::uint8_t { client, backend, router };

enum class Code : std::uint8_t {
  // errors of the client
  bad_request,            // 400
  no_route,               // 404: no worker claims the path
  no_web_socket,          // 400: a WebSocket where the route takes none
  forbidden,              // 403: a WebSocket from an origin that is not allowed
  unauthorized,           // 401: no login, or a wrong one
  denied,                 // 403: the site or the route is not for this client
  too_many_requests,      // 429
  method_not_allowed,     // 405
  request_timeout,        // 408: head or body came too slowly
  content_too_large,      // 413
  uri_too_long,           // 414
  expectation_failed,     // 417
  misdirected,            // 421: no site has the host
  upgrade_required,       // 426: a WebSocket version that the router does not support
  header_too_large,       // 431
  not_implemented,        // 501: a transfer coding or method that the router does not support
  version_not_supported,  // 505
  tunnel_silent,          // a tunnel carried no bytes for as long as it may be silent: no reply
  cancelled,              // the client went away: no reply
  // errors of the backend
  backend_lost,      // 502: the process or the connection of the backend died
  backend_reset,     // 502: the backend gave this stream up
  backend_protocol,  // 502: the backend sent no valid reply
  backend_refused,   // 503: the backend has no room; always safe to open again
  backend_timeout,   // 504
  // errors of the router
  no_backend,     // 503: no worker came within the queue timeout
  backends_busy,  // 503: no connected worker had room within the queue timeout
  queue_full,     // 503: too many requests wait already
  too_many_open,  // 503: the site has as many open requests as it may have
  login_busy,     // 503: too many logins are being checked already
  login_lost,     // 502: who checks logins is not there, or gave no valid answer
  login_timeout,  // 504: the check of a login took too long
  closed,         // 503: an operator closed the request
  internal,       // 500
  frame_error,    // a malformed frame or control payload: `detail` names the error
};

inline constexpr std::size_t kCodes = static_cast<std::size_t>(Code::frame_error) + 1;

[[nodiscard]] constexpr Fault fault_of(Code code) {
  if (code <= Code::cancelled) return Fault::client;
  return code <= Code::backend_timeout ? Fault::backend : Fault::router;
}

struct Error {
  Fault fault = Fault::router;
  Code code = Code::internal;
  bool retry_safe = false;  // proven that no backend acted on the request: safe to open again with any method
  std::string detail;       // for the operator's log: names the thing and the number. Never sent to a client
  bool has_other = false;   // the backend gave up waiting, and has another one who may answer
};

// HTTP/2 error codes (RFC 9113 §7), as RST_STREAM and GOAWAY carry them.
enum class ResetCode : std::uint32_t {
  no_error = 0x0,
  protocol_error = 0x1,
  internal_error = 0x2,
  flow_control_error = 0x3,
  settings_timeout = 0x4,
  stream_closed = 0x5,
  frame_size_error = 0x6,
  refused_stream = 0x7,
  cancel = 0x8,
  compression_error = 0x9,
  connect_error = 0xa,
  enhance_your_calm = 0xb,
  inadequate_security = 0xc,
  http_1_1_required = 0xd,
};

template <class T = void>
using Result = boost::system::result<T, Error>;

// boost::system::result needs this function for value(). The data path asks has_value() first and never calls it.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.detail);
}

}  // namespace zeroway
