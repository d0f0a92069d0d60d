#include "router/trace/net_collector.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "proto/limits.h"
#include "router/backends/origin_head.h"
#include "router/trace/trace_context.h"

namespace zeroway {

namespace {

constexpr std::string_view kTracesPath = "/v1/traces";

ServerSpec server_of(const TracingSettings& settings) {
  ServerSpec server;
  server.name = settings.endpoint;
  server.scheme = settings.target.scheme == MemberScheme::https ? ServerSpec::Scheme::https : ServerSpec::Scheme::http;
  server.host = settings.target.host;
  server.port = settings.target.port;
  server.ca_file = settings.ca_file;
  return server;
}

Head request_of(const TracingSettings& settings, std::uint64_t own_trace) {
  const bool is_https = settings.target.scheme == MemberScheme::https;
  const TraceParentText trace = write_traceparent({{own_trace, 1}, 1, false});
  Head head{{":method", "POST"},
            {":scheme", is_https ? "https" : "http"},
            {":path", traces_path(settings.target.base)},
            {":authority", authority_of(server_of(settings))},
            {"content-type", "application/json"},
            {"user-agent", "zeroway-traces"},
            {"traceparent", std::string_view(trace.data(), trace.size())}};
  for (const FieldRule& field : settings.headers) head.set(field.name, field.value);
  return head;
}

}  // namespace

std::string traces_path(const std::string& base) {
  return base.ends_with(kTracesPath) ? base : base + std::string(kTracesPath);
}

std::optional<std::chrono::seconds> read_retry_after(const Head& reply) {
  const auto text = reply.find("retry-after");
  if (!text || text->empty()) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Result<std::unique_ptr<NetCollector>> NetCollector::make(Loop& loop, const TracingSettings& settings,
                                                         std::uint64_t own_trace) {
  auto tls = load_origin_tls({server_of(settings)});
  if (!tls) return tls.error();
  return std::unique_ptr<NetCollector>(new NetCollector(loop, settings, std::move(tls->front()), own_trace));
}

NetCollector::NetCollector(Loop& loop, const TracingSettings& settings, std::optional<OriginTls> tls,
                           std::uint64_t own_trace)
    : loop_(loop),
      server_(server_of(settings)),
      timeout_(settings.timeout),
      tls_(std::move(tls)),
      request_(request_of(settings, own_trace)),
      resolver_(loop),
      dialer_(loop),
      origins_(loop, resolver_, dialer_, codecs_) {}

NetCollector::~NetCollector() = default;

// `done` may begin the next call, which destroys this one.
void NetCollector::send(const std::string& body, Done done) {
  const OriginWish wish{.server = server_, .tls = tls_ ? &*tls_ : nullptr, .only_http1 = true};
  call_ = std::make_unique<HttpCall>(
      loop_, origins_, wish, HttpQuestion{.head = request_, .body = body, .timeout = timeout_},
      [done = std::move(done)](const Result<HttpAnswer>& answer) {
        if (!answer) return done({.why = answer.error().detail});
        done({.status = answer->head.status(), .retry_after = read_retry_after(answer->head)});
      });
}

}  // namespace zeroway
