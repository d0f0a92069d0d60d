#include "router/observe/report.h"

#include <array>

#include "router/observe/log.h"

namespace zeroway {

namespace {

struct Counter {
  const char* name;
  std::uint64_t Counters::*value;
};

constexpr std::array kCounters{
    Counter{"connections_accepted", &Counters::connections_accepted},
    Counter{"connections_open", &Counters::connections_open},
    Counter{"connections_refused", &Counters::connections_refused},
    Counter{"connections_too_fast", &Counters::connections_too_fast},
    Counter{"requests", &Counters::requests},
    Counter{"requests_http2", &Counters::requests_http2},
    Counter{"bad_requests", &Counters::bad_requests},
    Counter{"mqtt_refused", &Counters::mqtt_refused},
    Counter{"tls_handshakes", &Counters::tls_handshakes},
    Counter{"tls_resumed", &Counters::tls_resumed},
    Counter{"tls_failed", &Counters::tls_failed},
    Counter{"exchanges_open", &Counters::exchanges_open},
    Counter{"replies_1xx", &Counters::replies_1xx},
    Counter{"replies_2xx", &Counters::replies_2xx},
    Counter{"replies_3xx", &Counters::replies_3xx},
    Counter{"replies_4xx", &Counters::replies_4xx},
    Counter{"replies_5xx", &Counters::replies_5xx},
    Counter{"retries", &Counters::retries},
    Counter{"reopened", &Counters::reopened},
    Counter{"retries_denied", &Counters::retries_denied},
    Counter{"cancelled", &Counters::cancelled},
    Counter{"denied", &Counters::denied},
    Counter{"limited", &Counters::limited},
    Counter{"access_lines_lost", &Counters::access_lines_lost},
    Counter{"spans_sent", &Counters::spans_sent},
    Counter{"spans_lost", &Counters::spans_lost},
    Counter{"dealt", &Counters::dealt},
    Counter{"steered", &Counters::steered},
    Counter{"queued", &Counters::queued},
    Counter{"handed_over", &Counters::handed_over},
    Counter{"refused", &Counters::refused},
    Counter{"streams_open", &Counters::streams_open},
    Counter{"workers", &Counters::workers},
    Counter{"ping_rounds", &Counters::ping_rounds},
    Counter{"pings_late", &Counters::pings_late},
    Counter{"uneven_turns", &Counters::uneven_turns},
    Counter{"messages_in", &Counters::messages_in},
    Counter{"messages_out", &Counters::messages_out},
    Counter{"frames_ignored", &Counters::frames_ignored},
    Counter{"frames_bad", &Counters::frames_bad},
};
static_assert(sizeof(Counters) == kCounters.size() * sizeof(std::uint64_t), "a counter is missing here");

}  // namespace

void add(Counters& sum, const Counters& counters) {
  for (const Counter& counter : kCounters) sum.*counter.value += counters.*counter.value;
}

std::vector<std::pair<std::string_view, std::uint64_t>> named_counters(const Counters& counters) {
  std::vector<std::pair<std::string_view, std::uint64_t>> named;
  for (const Counter& counter : kCounters) named.emplace_back(counter.name, counters.*counter.value);
  return named;
}

void write_report(const Counters& counters) {
  for (const Counter& counter : kCounters) {
    log::info(std::string(counter.name) + " " + std::to_string(counters.*counter.value));
  }
}

}  // namespace zeroway
