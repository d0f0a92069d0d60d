#include "router/fabric/fabric_driver.h"

#include <algorithm>
#include <utility>

#include "router/fabric/limits.h"

namespace zeroway {

namespace {

Result<Pair> pair_of(const std::string& endpoint, std::uint32_t index) {
  auto deal = loop_endpoint(endpoint, index);
  if (!deal) return deal.error();
  auto steer = steer_endpoint(*deal);
  if (!steer) return steer.error();
  return Pair{std::move(*deal), std::move(*steer)};
}

// A worker reaches the other loops at the host where it reached this loop, whatever address we bound.
std::string as_dialled(const std::string& endpoint) {
  constexpr std::string_view kTcp = "tcp://";
  if (!endpoint.starts_with(kTcp)) return endpoint;
  return "tcp://*" + endpoint.substr(endpoint.rfind(':'));
}

// WELCOME tells a time over a day as a day: an operator who sets such a time wants no heartbeats.
std::uint32_t told(Millis time) {
  return static_cast<std::uint32_t>(std::clamp<Millis::rep>(time.count(), 1, kMaxHeartbeat));
}

}  // namespace

FabricDriver::FabricDriver(Loop& loop, const FabricSettings& settings, Welcome welcome, Counters& counters)
    : loop_(loop),
      endpoint_(settings.endpoint),
      index_(welcome.loop),
      engine_(make_fabric_engine(loop, settings)),
      fabric_(settings, engine_->wire(), std::move(welcome), counters, [this] { loop_.at_turn_end(*this); }),
      timer_(loop, [this] { tick(); }) {
  engine_->attach(fabric_, [this] { loop_.at_turn_end(*this); });
}

FabricDriver::~FabricDriver() { loop_.forget_turn_end(*this); }

Result<Welcome> FabricDriver::plan(const FabricSettings& settings, const std::string& router, std::uint32_t index,
                                   std::uint32_t loops) {
  Welcome welcome;
  welcome.router = router;
  welcome.loop = index;
  for (std::uint32_t i = 0; i < loops; ++i) {
    const auto pair = pair_of(settings.endpoint, i);
    if (!pair) return pair.error();
    welcome.pairs.push_back({as_dialled(pair->deal), as_dialled(pair->steer)});
  }
  welcome.heartbeat_interval = told(settings.heartbeat_interval);
  welcome.heartbeat_timeout = told(settings.heartbeat_timeout);
  return welcome;
}

Result<> FabricDriver::bind() {
  const auto pair = pair_of(endpoint_, index_);
  if (!pair) return pair.error();
  if (const auto bound = engine_->bind(pair->deal, pair->steer); !bound) return bound.error();
  fabric_.bound(loop_.now());
  loop_.post([this] { tick(); });
  return {};
}

void FabricDriver::turn_end() {
  fabric_.turn_end(loop_.now());
  const bool is_all = !engine_->must_receive() || engine_->receive();
  if (!is_all) receive_later();
  if (is_all || unfinished_ >= kUnfinishedTurns) {
    unfinished_ = 0;
    engine_->tell_connections();
    fabric_.judge(loop_.now());
    if (is_all && engine_->must_receive()) loop_.at_turn_end(*this);
  }
  // A received message may need an answer. The fabric has then asked for another end of this turn.
  if (const Millis wanted = fabric_.tick_interval(); wanted < ticking_) {
    ticking_ = wanted;
    timer_.set(ticking_);
  }
  engine_->send_all();
}

void FabricDriver::receive_later() {
  if (std::exchange(is_later_, true)) return;
  ++unfinished_;
  loop_.post([this] {
    is_later_ = false;
    loop_.at_turn_end(*this);
  });
}

void FabricDriver::tick() {
  fabric_.tick(loop_.now());
  engine_->tick();
  loop_.at_turn_end(*this);
  ticking_ = fabric_.tick_interval();
  timer_.set(ticking_);
}

}  // namespace zeroway
