#include "router/admin/metrics_text.h"

#include <algorithm>
#include <array>
#include <functional>

#include "router/admin/backend_words.h"
#include "router/admin/limits.h"
#include "router/admin/metrics_writer.h"
#include "router/exchange/error_reply.h"

namespace zeroway {

namespace {

constexpr std::string_view kCounter = "counter", kGauge = "gauge", kHistogram = "histogram";

// One number of the loops' counters.
struct OfCounters {
  MetricMeaning meaning;
  std::uint64_t Counters::*number;
};

constexpr std::array kOfCounters{
    OfCounters{{"zeroway_client_connections_total", kCounter, "Connections of clients that were accepted."},
               &Counters::connections_accepted},
    OfCounters{{"zeroway_client_connections_open", kGauge, "Connections of clients that are open."},
               &Counters::connections_open},
    OfCounters{{"zeroway_client_connections_refused_total", kCounter,
                "Connections closed at once: their address had as many as it may have."},
               &Counters::connections_refused},
    OfCounters{{"zeroway_client_connections_too_fast_total", kCounter,
                "Connections closed at once: their address opened too many in a second."},
               &Counters::connections_too_fast},
    OfCounters{{"zeroway_http2_requests_total", kCounter, "Requests over HTTP/2."}, &Counters::requests_http2},
    OfCounters{{"zeroway_tls_handshakes_total", kCounter, "TLS handshakes with clients that were completed."},
               &Counters::tls_handshakes},
    OfCounters{{"zeroway_tls_handshakes_resumed_total", kCounter, "Completed handshakes that used a session ticket."},
               &Counters::tls_resumed},
    OfCounters{{"zeroway_tls_handshakes_failed_total", kCounter, "TLS handshakes with clients that failed."},
               &Counters::tls_failed},
    OfCounters{{"zeroway_bad_requests_total", kCounter, "Requests and connections that broke HTTP or a limit."},
               &Counters::bad_requests},
    OfCounters{{"zeroway_mqtt_refused_total", kCounter, "Connections of MQTT where RawSocket and HTTP are served."},
               &Counters::mqtt_refused},
    OfCounters{{"zeroway_cancelled_requests_total", kCounter, "Requests whose client went away."},
               &Counters::cancelled},
    OfCounters{{"zeroway_denied_requests_total", kCounter, "Requests with 401 or 403 of the router itself."},
               &Counters::denied},
    OfCounters{{"zeroway_limited_requests_total", kCounter, "Requests over a limit of their site or route: 429, 503."},
               &Counters::limited},
    OfCounters{{"zeroway_retries_total", kCounter, "Requests that a backend may have seen, opened again."},
               &Counters::retries},
    OfCounters{{"zeroway_reopenings_total", kCounter, "Requests that provably no backend saw, opened again."},
               &Counters::reopened},
    OfCounters{{"zeroway_retries_denied_total", kCounter, "Requests not opened again: the retry budget was spent."},
               &Counters::retries_denied},
    OfCounters{{"zeroway_access_lines_lost_total", kCounter, "Lines of access logs that their files did not take."},
               &Counters::access_lines_lost},
    OfCounters{{"zeroway_spans_sent_total", kCounter, "Spans that the collector of traces took."},
               &Counters::spans_sent},
    OfCounters{{"zeroway_spans_lost_total", kCounter, "Spans that the collector did not take in time."},
               &Counters::spans_lost},
    OfCounters{{"zeroway_fabric_streams_open", kGauge, "Streams that are open at workers, or wait for one."},
               &Counters::streams_open},
    OfCounters{{"zeroway_fabric_queued_total", kCounter, "Streams that had to wait for a worker."}, &Counters::queued},
    OfCounters{{"zeroway_fabric_dealt_total", kCounter, "Openings sent to the next worker in turn."}, &Counters::dealt},
    OfCounters{{"zeroway_fabric_steered_total", kCounter, "Openings sent to a worker that was chosen."},
               &Counters::steered},
    OfCounters{{"zeroway_fabric_handed_over_total", kCounter, "Long streams asked to come again for a new worker."},
               &Counters::handed_over},
    OfCounters{{"zeroway_fabric_refused_total", kCounter, "Openings that a worker refused."}, &Counters::refused},
    OfCounters{{"zeroway_fabric_messages_in_total", kCounter, "Messages from workers."}, &Counters::messages_in},
    OfCounters{{"zeroway_fabric_messages_out_total", kCounter, "Messages to workers."}, &Counters::messages_out},
    OfCounters{{"zeroway_fabric_frames_ignored_total", kCounter, "Frames of streams that are over, or unknown."},
               &Counters::frames_ignored},
    OfCounters{{"zeroway_fabric_frames_bad_total", kCounter, "Frames that broke the wire protocol."},
               &Counters::frames_bad},
    OfCounters{{"zeroway_fabric_pings_late_total", kCounter, "Pings that workers answered late."},
               &Counters::pings_late},
};

// One number of each route.
struct OfRoutes {
  MetricMeaning meaning;
  std::uint64_t RequestTally::*number;
};

constexpr std::array kOfRoutes{
    OfRoutes{{"zeroway_requests_open", kGauge, "Requests of the route that are not over."}, &RequestTally::open},
    OfRoutes{{"zeroway_web_sockets_open", kGauge, "WebSockets of the route that are open."},
             &RequestTally::web_sockets_open},
    OfRoutes{{"zeroway_web_sockets_total", kCounter, "WebSockets of the route that were accepted."},
             &RequestTally::web_sockets},
    OfRoutes{{"zeroway_request_bytes_total", kCounter, "Bytes of request bodies and WebSockets from clients."},
             &RequestTally::bytes_in},
    OfRoutes{{"zeroway_response_bytes_total", kCounter, "Bytes of reply bodies and WebSockets to clients."},
             &RequestTally::bytes_out},
    OfRoutes{{"zeroway_backend_openings_total", kCounter, "Streams opened at backends for requests that are over."},
             &RequestTally::openings},
    OfRoutes{{"zeroway_backend_retries_total", kCounter, "Openings after the first of a request."},
             &RequestTally::retries},
};

constexpr MetricMeaning kInfo{"zeroway_build_info", kGauge, "1, with the version and the instance of the router."};
constexpr MetricMeaning kLoops{"zeroway_loops", kGauge, "Threads that run a loop."};
constexpr MetricMeaning kDraining{"zeroway_draining", kGauge, "1 while the router drains."};
constexpr MetricMeaning kReady{"zeroway_ready", kGauge, "1 when /health/readyz answers 200."};
constexpr MetricMeaning kReloads{"zeroway_reloads_total", kCounter, "Times the configuration file was read again."};
constexpr MetricMeaning kReloaded{"zeroway_reload_last_timestamp_seconds", kGauge,
                                  "When the configuration was last put to use."};
constexpr MetricMeaning kRequests{"zeroway_requests_total", kCounter,
                                  "Requests that are over, by method and class of status; status none: no reply."};
constexpr MetricMeaning kFailures{"zeroway_request_failures_total", kCounter, "Requests that failed, by reason."};
constexpr MetricMeaning kDuration{"zeroway_request_duration_seconds", kHistogram,
                                  "From the head of a request to the end of its reply; without WebSockets."};
constexpr MetricMeaning kWait{"zeroway_backend_wait_seconds", kHistogram,
                              "From the last opening of a request until a worker or server took it."};
constexpr MetricMeaning kUp{"zeroway_member_up", kGauge, "1 when the worker or server gets requests."};
constexpr MetricMeaning kOpen{"zeroway_member_requests_open", kGauge, "Requests that the worker or server has."};
constexpr MetricMeaning kTaken{"zeroway_member_requests_total", kCounter, "Requests that it took."};
constexpr MetricMeaning kFailed{"zeroway_member_failures_total", kCounter, "Of them, those that it lost or reset."};
constexpr MetricMeaning kWeight{"zeroway_member_weight", kGauge, "Its weight."};
constexpr MetricMeaning kCapacity{"zeroway_member_capacity", kGauge, "Requests that it takes at once; 0 = any number."};
constexpr MetricMeaning kConnections{"zeroway_member_connections", kGauge, "Connections to the server."};
constexpr MetricMeaning kWorkers{"zeroway_workers", kGauge, "Workers that have joined."};
constexpr MetricMeaning kCircuits{"zeroway_circuits", kGauge,
                                  "Services of sessions that an operator or a coordinator has named."};
constexpr MetricMeaning kCircuitPorts{"zeroway_circuit_ports", kGauge,
                                      "Ports that services of sessions may get (sessions.ports)."};
constexpr MetricMeaning kCircuitPortsUsed{"zeroway_circuit_ports_used", kGauge, "Of them, those that a service has."};
constexpr MetricMeaning kCircuitPortsMissing{"zeroway_circuit_ports_missing", kGauge,
                                             "Services that want a port and have none, because none is free."};

constexpr MetricMeaning kListenerOpen{"zeroway_listener_connections_open", kGauge,
                                      "Connections of the listener that are open."};
constexpr MetricMeaning kListenerAccepted{"zeroway_listener_connections_total", kCounter,
                                          "Connections that the listener has admitted since it was opened."};
constexpr MetricMeaning kBackendReady{
    "zeroway_backend_ready", kGauge, "1 when somebody of the backend could answer now; index as in /api/v1/upstreams."};
constexpr MetricMeaning kCodedReplies{"zeroway_coded_replies_total", kCounter,
                                      "Replies that the router has compressed, by coding."};
constexpr MetricMeaning kCodedIn{"zeroway_coded_bytes_in_total", kCounter,
                                 "Bytes of the bodies of these replies before compression."};
constexpr MetricMeaning kCodedOut{"zeroway_coded_bytes_out_total", kCounter,
                                  "Bytes of the bodies of these replies after compression."};

constexpr MetricMeaning kWampOpen{"zeroway_wamp_transports_open", kGauge, "Clients of WAMP that are connected."};
constexpr MetricMeaning kWampJoined{"zeroway_wamp_sessions_total", kCounter,
                                    "Sessions of WAMP that a backend has welcomed."};
constexpr MetricMeaning kWampMessages{"zeroway_wamp_messages_total", kCounter,
                                      "Messages of WAMP, by who has said them."};
constexpr MetricMeaning kWampRefused{"zeroway_wamp_refused_total", kCounter,
                                     "Sessions of WAMP whose realm nobody had, or took."};
constexpr MetricMeaning kWampLost{"zeroway_wamp_lost_total", kCounter, "Sessions of WAMP whose backend was lost."};
constexpr MetricMeaning kWampViolations{"zeroway_wamp_violations_total", kCounter,
                                        "Sessions of WAMP that ended because a side broke the protocol."};
constexpr MetricMeaning kWampDenied{"zeroway_wamp_denied_total", kCounter,
                                    "Clients of WAMP that did not show who they are."};
constexpr MetricMeaning kWampDropped{"zeroway_wamp_dropped_total", kCounter,
                                     "Messages of WAMP that could not be said in the other side's serializer."};

constexpr MetricMeaning kCpu{"process_cpu_seconds_total", kCounter, "Processor time of the process."};
constexpr MetricMeaning kResident{"process_resident_memory_bytes", kGauge, "Memory of the process that is resident."};
constexpr MetricMeaning kVirtual{"process_virtual_memory_bytes", kGauge, "Address space of the process."};
constexpr MetricMeaning kDescriptors{"process_open_fds", kGauge, "Open descriptors."};
constexpr MetricMeaning kMostDescriptors{"process_max_fds", kGauge, "Descriptors that may be open."};
constexpr MetricMeaning kThreads{"process_threads", kGauge, "Threads of the process."};
constexpr MetricMeaning kStarted{"process_start_time_seconds", kGauge, "When the process began, in Unix time."};

constexpr std::array kSingle{kInfo,
                             kLoops,
                             kDraining,
                             kReady,
                             kReloads,
                             kReloaded,
                             kRequests,
                             kFailures,
                             kDuration,
                             kWait,
                             kUp,
                             kOpen,
                             kTaken,
                             kFailed,
                             kWeight,
                             kCapacity,
                             kConnections,
                             kWorkers,
                             kCircuits,
                             kCircuitPorts,
                             kCircuitPortsUsed,
                             kCircuitPortsMissing,
                             kListenerOpen,
                             kListenerAccepted,
                             kBackendReady,
                             kWampOpen,
                             kWampJoined,
                             kWampMessages,
                             kWampRefused,
                             kWampDenied,
                             kWampLost,
                             kWampViolations,
                             kWampDropped,
                             kCodedReplies,
                             kCodedIn,
                             kCodedOut,
                             kCpu,
                             kResident,
                             kVirtual,
                             kDescriptors,
                             kMostDescriptors,
                             kThreads,
                             kStarted};

void begin(MetricsWriter& out, const MetricMeaning& meaning) { out.family(meaning.name, meaning.type, meaning.help); }

double unix_seconds(WallTime time) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count()) /
         1e3;
}

void one(MetricsWriter& out, const MetricMeaning& meaning, std::uint64_t value) {
  begin(out, meaning);
  out.sample({}, value);
}

void one(MetricsWriter& out, const MetricMeaning& meaning, double value) {
  begin(out, meaning);
  out.sample({}, value);
}

void write_router(MetricsWriter& out, const Census& census) {
  begin(out, kInfo);
  out.sample({{"version", census.version}, {"instance", census.instance}}, std::uint64_t{1});
  one(out, kLoops, std::uint64_t{census.loops});
  one(out, kDraining, std::uint64_t{census.is_draining});
  one(out, kReady, std::uint64_t{census.is_ready()});
  begin(out, kReloads);
  out.sample({{"result", "done"}}, census.reloads.done);
  out.sample({{"result", "failed"}}, census.reloads.failed);
  one(out, kReloaded, unix_seconds(census.reloads.last));
}

void write_counters(MetricsWriter& out, const Counters& counters) {
  for (const OfCounters& metric : kOfCounters) one(out, metric.meaning, counters.*metric.number);
}

void for_routes(const Census& census, const std::function<void(Labels, const RequestTally&)>& write) {
  for (const auto& [name, tally] : census.tallies) {
    if (!is_traffic(name)) continue;
    write({{"site", name.site}, {"route", name.route}, {"backend", name.backend}}, tally);
  }
}

void write_requests(MetricsWriter& out, const Census& census) {
  begin(out, kRequests);
  for (const auto& [name, tally] : census.tallies) {
    if (!is_traffic(name)) continue;
    for (std::size_t method = 0; method < kCountedMethods; ++method) {
      for (std::size_t status = 0; status < kStatusClasses; ++status) {
        const std::uint64_t count = tally.requests[method][status];
        if (count == 0) continue;
        out.sample({{"site", name.site},
                    {"route", name.route},
                    {"backend", name.backend},
                    {"method", to_text(static_cast<CountedMethod>(method))},
                    {"status", kStatusClassNames[status]}},
                   count);
      }
    }
  }
  begin(out, kFailures);
  for (const auto& [name, tally] : census.tallies) {
    if (!is_traffic(name)) continue;
    for (std::size_t code = 0; code < kCodes; ++code) {
      if (tally.failures[code] == 0) continue;
      out.sample({{"site", name.site},
                  {"route", name.route},
                  {"backend", name.backend},
                  {"reason", error_name(static_cast<Code>(code))}},
                 tally.failures[code]);
    }
  }
}

void write_routes(MetricsWriter& out, const Census& census) {
  write_requests(out, census);
  for (const OfRoutes& metric : kOfRoutes) {
    begin(out, metric.meaning);
    for_routes(census, [&](Labels labels, const RequestTally& tally) { out.sample(labels, tally.*metric.number); });
  }
  begin(out, kDuration);
  for_routes(census, [&](Labels labels, const RequestTally& tally) { out.histogram(labels, tally.duration); });
  begin(out, kWait);
  for_routes(census, [&](Labels labels, const RequestTally& tally) { out.histogram(labels, tally.wait); });
}

// What is told of the members, one by one. Of those beyond kMostLabels the sum is.
struct OfMembers {
  const MetricMeaning& meaning;
  std::uint64_t (*number)(const MemberFacts&);
};

constexpr std::array kOfMembers{
    OfMembers{kUp, [](const MemberFacts& member) -> std::uint64_t { return member.is_fit; }},
    OfMembers{kOpen, [](const MemberFacts& member) -> std::uint64_t { return member.open; }},
    OfMembers{kTaken, [](const MemberFacts& member) -> std::uint64_t { return member.taken; }},
    OfMembers{kFailed, [](const MemberFacts& member) -> std::uint64_t { return member.failed; }},
    OfMembers{kWeight, [](const MemberFacts& member) -> std::uint64_t { return member.weight; }},
    OfMembers{kCapacity, [](const MemberFacts& member) -> std::uint64_t { return member.capacity; }},
    OfMembers{kConnections, [](const MemberFacts& member) -> std::uint64_t { return member.connections; }},
};

void write_members(MetricsWriter& out, const Census& census) {
  std::uint64_t workers = 0;
  for (const MemberFacts& member : census.members) workers += member.kind == MemberFacts::Kind::worker;
  one(out, kWorkers, workers);
  one(out, kCircuits, census.circuit_count);
  one(out, kCircuitPorts, census.circuit_ports.range);
  one(out, kCircuitPortsUsed, census.circuit_ports.used);
  one(out, kCircuitPortsMissing, census.circuit_ports.missing);
  for (const OfMembers& metric : kOfMembers) {
    begin(out, metric.meaning);
    std::size_t told = 0;
    std::uint64_t rest = 0;
    for (const MemberFacts& member : census.members) {
      if (++told > kMostLabels) {
        rest += metric.number(member);
        continue;
      }
      out.sample({{"kind", to_text(member.kind)},
                  {"pool", member.pool},
                  {"name", member.name},
                  {"instance", member.kind == MemberFacts::Kind::worker ? member.instance : member.address}},
                 metric.number(member));
    }
    if (told > kMostLabels)
      out.sample({{"kind", "other"}, {"pool", "other"}, {"name", "other"}, {"instance", "other"}}, rest);
  }
}

void write_listeners(MetricsWriter& out, const Census& census) {
  begin(out, kListenerOpen);
  for (const ListenerFacts& listener : census.listeners) out.sample({{"listener", listener.url}}, listener.open);
  begin(out, kListenerAccepted);
  for (const ListenerFacts& listener : census.listeners) out.sample({{"listener", listener.url}}, listener.accepted);
}

void write_backends(MetricsWriter& out, const Census& census) {
  begin(out, kBackendReady);
  for (std::size_t at = 0; at < std::min(census.ready.size(), kMostLabels); ++at)
    out.sample({{"index", std::to_string(at)}, {"name", name_of(census.plan->backends[at])}},
               std::uint64_t{census.ready[at]});
}

void write_coding(MetricsWriter& out, const CodingCounts& coding) {
  begin(out, kCodedReplies);
  for (const Coding one : {Coding::br, Coding::gzip, Coding::zstd})
    out.sample({{"coding", coding_name(one)}}, coding.replies[static_cast<std::size_t>(one)]);
  one(out, kCodedIn, coding.bytes_in);
  one(out, kCodedOut, coding.bytes_out);
}

void write_wamp(MetricsWriter& out, const WampCounts& wamp) {
  one(out, kWampOpen, wamp.open);
  one(out, kWampJoined, wamp.joined);
  begin(out, kWampMessages);
  out.sample({{"from", "client"}}, wamp.from_clients);
  out.sample({{"from", "backend"}}, wamp.to_clients);
  one(out, kWampRefused, wamp.refused);
  one(out, kWampLost, wamp.lost);
  one(out, kWampViolations, wamp.violations);
  one(out, kWampDenied, wamp.denied);
  one(out, kWampDropped, wamp.dropped);
}

void write_process(MetricsWriter& out, const Census& census) {
  const ProcessFacts& process = census.process;
  one(out, kCpu, process.cpu_seconds);
  one(out, kResident, process.resident_bytes);
  one(out, kVirtual, process.virtual_bytes);
  one(out, kDescriptors, process.descriptors);
  one(out, kMostDescriptors, process.most_descriptors);
  one(out, kThreads, process.threads);
  one(out, kStarted, unix_seconds(census.began));
}

}  // namespace

MetricsForm metrics_form(std::string_view accept) {
  return accept.find("application/openmetrics-text") == std::string_view::npos ? MetricsForm::prometheus
                                                                               : MetricsForm::open_metrics;
}

std::string_view metrics_type(MetricsForm form) {
  return form == MetricsForm::prometheus ? "text/plain; version=0.0.4; charset=utf-8"
                                         : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

std::string metrics_text(const Census& census, MetricsForm form) {
  MetricsWriter out(form);
  write_router(out, census);
  write_counters(out, census.counters);
  write_routes(out, census);
  write_members(out, census);
  write_listeners(out, census);
  write_backends(out, census);
  write_coding(out, census.coding);
  write_wamp(out, census.wamp);
  write_process(out, census);
  return out.finish();
}

std::vector<MetricMeaning> metric_meanings() {
  std::vector<MetricMeaning> all(kSingle.begin(), kSingle.end());
  for (const OfCounters& metric : kOfCounters) all.push_back(metric.meaning);
  for (const OfRoutes& metric : kOfRoutes) all.push_back(metric.meaning);
  return all;
}

std::string metrics_manual() {
  std::vector<MetricMeaning> all = metric_meanings();
  std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) { return one.name < other.name; });
  std::string text;
  for (const MetricMeaning& metric : all) {
    text.append(metric.name).append(" (").append(metric.type).append(")\n    ").append(metric.help).append("\n");
  }
  return text;
}

}  // namespace zeroway
