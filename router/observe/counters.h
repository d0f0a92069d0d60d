// What happened on one loop, counted. Plain numbers: the loop writes them, and a report reads them on the same loop.
//
// Owner: Router keeps one per loop.   Thread: that loop.
// Not here: how counters are shown (observe/report.h).
#pragma once
#include <cstdint>

namespace zeroway {

struct Counters {
  // edge
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;      // gauge
  std::uint64_t connections_refused = 0;   // their address had too many connections
  std::uint64_t connections_too_fast = 0;  // their address opened too many in a second
  std::uint64_t requests = 0;
  std::uint64_t requests_http2 = 0;  // of them
  std::uint64_t bad_requests = 0;
  std::uint64_t mqtt_refused = 0;    // connections that began with MQTT's CONNECT, where RawSocket is spoken
  std::uint64_t tls_handshakes = 0;  // completed
  std::uint64_t tls_resumed = 0;     // completed handshakes that used a session ticket
  std::uint64_t tls_failed = 0;      // handshakes that failed
  // exchange
  std::uint64_t exchanges_open = 0;  // gauge
  std::uint64_t replies_1xx = 0, replies_2xx = 0, replies_3xx = 0, replies_4xx = 0, replies_5xx = 0;
  std::uint64_t retries = 0;         // requests that a worker may have seen, opened again
  std::uint64_t reopened = 0;        // requests that provably no worker saw, opened again
  std::uint64_t retries_denied = 0;  // the budget was spent
  std::uint64_t cancelled = 0;       // the client went away
  std::uint64_t denied = 0;          // 401 and 403: not for this client
  std::uint64_t limited = 0;         // 429 and 503: over a limit of the site or the route
  // observe
  std::uint64_t access_lines_lost = 0;  // of the access log's file, so not counted by loops
  std::uint64_t spans_sent = 0;         // to the collector of traces; not counted by loops, either
  std::uint64_t spans_lost = 0;         // the collector did not take them in time
  // fabric
  std::uint64_t dealt = 0;         // openings through deal
  std::uint64_t steered = 0;       // openings through steer
  std::uint64_t queued = 0;        // openings that had to wait
  std::uint64_t handed_over = 0;   // long streams whose clients were asked to come again, for a worker that joined
  std::uint64_t refused = 0;       // RST_STREAM(REFUSED_STREAM) from workers
  std::uint64_t streams_open = 0;  // gauge
  std::uint64_t workers = 0;       // gauge
  std::uint64_t ping_rounds = 0;
  std::uint64_t pings_late = 0;
  std::uint64_t uneven_turns = 0;  // times the table changed from dealing to steering
  std::uint64_t messages_in = 0, messages_out = 0;
  std::uint64_t frames_ignored = 0;  // late or foreign frames: stale streams, streams of others, unknown types
  std::uint64_t frames_bad = 0;
};

// Replies of this final status.
[[nodiscard]] inline std::uint64_t& replies_of(Counters& counters, int status) {
  switch (status / 100) {
    case 2:
      return counters.replies_2xx;
    case 3:
      return counters.replies_3xx;
    case 4:
      return counters.replies_4xx;
    default:
      return counters.replies_5xx;
  }
}

inline void count_reply(Counters& counters, int status) { ++replies_of(counters, status); }

}  // namespace zeroway
