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
    const ServerSpec& server = pool_.server(index_);
    const bool is_https = server.scheme == ServerSpec::Scheme::https;
    HttpQuestion question{.head = {{":method", "GET"},
                                   {":scheme", is_https ? "https" : "http"},
                                   {":path", server.base_path + spec_.path},
                                   {":authority", authority_of(server)},
                                   {"user-agent", "zeroway-health-check"}},
                          .timeout = spec_.timeout};
    const OriginWish wish{.server = server, .tls = pool_.tls(index_)};
    call_ = std::make_unique<HttpCall>(loop_, dialer_, wish, std::move(question),
                                       [this](const Result<HttpAnswer>& answer) { answered(answer); });
  }

  void answered(const Result<HttpAnswer>& answer) {
    if (answer) {
      judge(why_not_well(answer->head.status()));
    } else if (answer.error().fault != Fault::router) {
      judge(answer.error().detail);
    }
    call_.reset();
    timer_.set(spec_.interval - spec_.interval / 20 + part_of(spec_.interval / 10));
  }

  // nullopt = the server is well.
  [[nodiscard]] std::optional<std::string> why_not_well(int status) const {
    const bool is_good = std::any_of(spec_.expected.begin(), spec_.expected.end(), [status](const auto& range) {
      return range.first <= status && status <= range.last;
    });
    return is_good ? std::nullopt : std::optional("status " + std::to_string(status));
  }

  void judge(const std::optional<std::string>& why_not) {
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
  std::uint64_t random_;
  Timer timer_;  // the next check
  std::unique_ptr<HttpCall> call_;
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
