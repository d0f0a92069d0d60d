// What went wrong, who must act, and whether trying again is safe.
//
// Owner: whoever holds it; a value.   Thread: any.
// Not here: which HTTP status it becomes (router/exchange/error_reply.h).
#pragma once
#include <boost/system/result.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace zeroway {

// Who must act for it not to happen again.
enum class Fault : std::uint8_t { client, backend, router };

enum class Code : std::uint8_t {
  // the client's
  bad_request,            // 400
  no_route,               // 404: no worker claims the path
  forbidden,              // 403: a WebSocket from an origin that is not allowed
  request_timeout,        // 408: head or body came too slowly
  content_too_large,      // 413
  uri_too_long,           // 414
  expectation_failed,     // 417
  upgrade_required,       // 426: a WebSocket version that we do not speak
  header_too_large,       // 431
  not_implemented,        // 501: a transfer coding or method we do not do
  version_not_supported,  // 505
  cancelled,              // the client went away: no reply
  // the backend's
  worker_lost,      // 502: its process or connection died
  worker_reset,     // 502: it gave this stream up
  worker_protocol,  // 502: what it sent is no answer
  worker_refused,   // 503: it has no room; always safe to open again
  worker_timeout,   // 504
  // ours
  no_worker,     // 503: nobody appeared within the queue timeout
  workers_busy,  // 503: those that are there had no room within it
  queue_full,    // 503: too many are waiting already
  internal,      // 500
  frame_error,   // a malformed frame or control payload: detail names it
};

struct Error {
  Fault fault = Fault::router;
  Code code = Code::internal;
  bool retry_safe = false;  // proven that nobody acted on it: may be opened again whatever its method
  std::string detail;       // for the operator's log: the thing and the number. Never sent to a client
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

// boost::system::result wants it for value(); the data path asks has_value() first and never gets here.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.detail);
}

}  // namespace zeroway
