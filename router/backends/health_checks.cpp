#include "router/backends/health_checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "router/backends/http_call.h"
#include "router/backends/origin_head.h"
#include "router/route/text_hash.h"

namespace zeroway {

namespace {

using std::chrono::milliseconds;

// HealthCheckRequest without a service, and HealthCheckResponse with SERVING: a message of gRPC behind its five bytes
// (grpc/health/v1/health.proto).
constexpr std::string_view kGrpcAsks{"\0\0\0\0\0", 5};
constexpr std::string_view kGrpcServes{"\0\0\0\0\2\x08\x01", 7};
constexpr std::size_t kMostGrpcAnswer = 1'024;

HttpQuestion http_question(const ServerSpec& server, const HealthSpec& spec) {
  const bool is_https = server.scheme == ServerSpec::Scheme::https;
  return {.head = {{":method", "GET"},
                   {":scheme", is_https ? "https" : "http"},
                   {":path", server.base_path + spec.path},
                   {":authority", authority_of(server)},
                   {"user-agent", "zeroway-health-check"}},
          .timeout = spec.timeout};
}

HttpQuestion grpc_question(const ServerSpec& server, const HealthSpec& spec) {
  return {.head = {{":method", "POST"},
                   {":scheme", "http"},
                   {":path", "/grpc.health.v1.Health/Check"},
                   {":authority", authority_of(server)},
                   {"content-type", "application/grpc"},
                   {"te", "trailers"},
                   {"user-agent", "zeroway-health-check"}},
          .body = std::string(kGrpcAsks),
          .timeout = spec.timeout,
          .most_body = kMostGrpcAnswer};
}

// A server of gRPC is asked over HTTP/2 whatever its requests come by.
ServerSpec asked_server(ServerSpec server, const HealthSpec& spec) {
  const bool is_plain_http = server.scheme == ServerSpec::Scheme::http;
  if (spec.probe == HealthSpec::Probe::grpc && is_plain_http) server.scheme = ServerSpec::Scheme::h2c;
  return server;
}

}  // namespace

//   waiting ── interval ──▶ asking ── head of the reply, or a failure ──▶ waiting
class HealthChecks::Check {
 public:
  Check(Loop& loop, ServersPool& pool, OriginDialer& dialer, std::size_t index, std::uint64_t random)
      : loop_(loop),
        pool_(pool),
        spec_(pool.spec().health),
        dialer_(dialer),
        index_(index),
        server_(asked_server(pool.server(index), spec_)),
        counts_from_(loop.now() + spec_.initial_delay),
        random_(random),
        timer_(loop, [this] { ask(); }) {
    timer_.set(part_of(spec_.interval));
  }

 private:
  // From 0 up to `time`.
  [[nodiscard]] milliseconds part_of(milliseconds time) {
    random_ = mixed(random_ + 1);
    return milliseconds(static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(time.count() + 1)));
  }

  void ask() {
    const OriginWish wish{.server = server_, .tls = pool_.tls(index_)};
    if (is_dialled()) return dial(wish);
    const bool is_grpc = spec_.probe == HealthSpec::Probe::grpc;
    HttpQuestion question = is_grpc ? grpc_question(server_, spec_) : http_question(server_, spec_);
    call_ = std::make_unique<HttpCall>(loop_, dialer_, wish, std::move(question),
                                       [this](const Result<HttpAnswer>& answer) { answered(answer); });
  }

  // Of bytes nobody knows what a right answer is: a server that takes the connection is well.
  [[nodiscard]] bool is_dialled() const { return spec_.probe == HealthSpec::Probe::tcp || server_.carries_bytes(); }

  void dial(OriginWish wish) {
    wish.deadline = spec_.timeout;
    dialing_ = dialer_.dial(wish, [this](const Result<DialedOrigin>& dialed) {
      if (dialed) {
        judge(std::nullopt);
      } else if (dialed.error().fault != Fault::router) {
        judge(dialed.error().detail);
      }
      ask_later();
    });
  }

  void answered(const Result<HttpAnswer>& answer) {
    if (answer) {
      judge(spec_.probe == HealthSpec::Probe::grpc ? why_not_serving(*answer) : why_not_well(answer->head.status()));
    } else if (answer.error().fault != Fault::router) {
      judge(answer.error().detail);
    }
    ask_later();
  }

  void ask_later() {
    call_.reset();
    dialing_.reset();
    timer_.set(spec_.interval - spec_.interval / 20 + part_of(spec_.interval / 10));
  }

  // nullopt = the server is well.
  [[nodiscard]] std::optional<std::string> why_not_well(int status) const {
    const bool is_good = std::any_of(spec_.expected.begin(), spec_.expected.end(), [status](const auto& range) {
      return range.first <= status && status <= range.last;
    });
    return is_good ? std::nullopt : std::optional("status " + std::to_string(status));
  }

  [[nodiscard]] static std::optional<std::string> why_not_serving(const HttpAnswer& answer) {
    if (answer.body == kGrpcServes) return std::nullopt;
    const auto status = answer.head.find("grpc-status");
    if (status) return "grpc-status " + std::string(*status);
    return answer.body.empty() ? "no answer of gRPC" : std::optional<std::string>("it does not say SERVING");
  }

  void judge(const std::optional<std::string>& why_not) {
    if (why_not && loop_.now() < counts_from_) return;
    MemberHealth& health = pool_.health(index_);
    const bool was_fit = health.is_fit(loop_.now());
    if (why_not) {
      health.probe_failed();
    } else {
      health.probe_succeeded();
    }
    pool_.tell_change(index_, was_fit, loop_.now(), why_not.value_or(""));
  }

  Loop& loop_;
  ServersPool& pool_;
  const HealthSpec& spec_;
  OriginDialer& dialer_;
  const std::size_t index_;
  const ServerSpec server_;  // as it is asked
  const Time counts_from_;   // failures before are those of a server that starts
  std::uint64_t random_;
  Timer timer_;  // the next check
  std::unique_ptr<HttpCall> call_;
  std::unique_ptr<OriginDialing> dialing_;
};

HealthChecks::HealthChecks(Loop& loop, std::shared_ptr<ServersPool> pool, OriginDialer& dialer, std::uint64_t seed)
    : pool_(std::move(pool)) {
  if (!pool_->spec().health.is_active) return;
  for (std::size_t index = 0; index < pool_->size(); ++index) {
    checks_.push_back(std::make_unique<Check>(loop, *pool_, dialer, index, mixed(seed + index)));
  }
}

HealthChecks::~HealthChecks() = default;

}  // namespace zeroway
