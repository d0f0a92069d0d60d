// The collector at the end of a connection: OTLP over HTTP/1.1, a connection for each request.
//
// Owner: Tracing (router/tracing.h).   Thread: its loop.
// It is a client of its own: its requests pass no listener of this process, and are in no trace.
// Not here: when spans are sent (trace/exporter.h), names and addresses (router/net).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proto/error.h"
#include "proto/head.h"
#include "router/backends/http_call.h"
#include "router/backends/net_origin_dialer.h"
#include "router/http/client_codec.h"
#include "router/net/dialer.h"
#include "router/net/loop.h"
#include "router/net/resolver.h"
#include "router/settings/sites.h"
#include "router/trace/collector.h"

namespace zeroway {

class NetCollector final : public Collector {
 public:
  // `own_trace`: the upper half of the trace ids that its requests name; see TraceRules. The error is that of TLS
  // files.
  [[nodiscard]] static Result<std::unique_ptr<NetCollector>> make(Loop& loop, const TracingSettings& settings,
                                                                  std::uint64_t own_trace);
  ~NetCollector() override;

  void send(const std::string& body, Done done) override;

 private:
  NetCollector(Loop& loop, const TracingSettings& settings, std::optional<OriginTls> tls, std::uint64_t own_trace);

  Loop& loop_;
  const ServerSpec server_;
  const Millis timeout_;
  const std::optional<OriginTls> tls_;
  const Head request_;
  const ClientCodecSettings codecs_;
  Resolver resolver_;
  Dialer dialer_;
  NetOriginDialer origins_;
  std::unique_ptr<HttpCall> call_;  // the last one; over or not
};

// Where spans are posted to: a path that does not end in /v1/traces gets that appended.
[[nodiscard]] std::string traces_path(const std::string& base);
// The seconds of a Retry-After; nothing for a date, or for what is neither.
[[nodiscard]] std::optional<std::chrono::seconds> read_retry_after(const Head& reply);

}  // namespace zeroway
