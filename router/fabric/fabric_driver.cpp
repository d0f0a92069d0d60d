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

// One of ZeroMQ's descriptors in the loop.
class FabricDriver::Descriptor : public Watcher {
 public:
  Descriptor(Loop& loop, int fd, std::function<void()> ready) : loop_(loop), fd_(fd), ready_(std::move(ready)) {
    loop_.watch(fd_, *this, true, false);
  }
  ~Descriptor() override { loop_.forget(fd_); }
  void ready(bool, bool) override { ready_(); }

 private:
  Loop& loop_;
  int fd_;
  std::function<void()> ready_;
};

FabricDriver::FabricDriver(Loop& loop, const FabricSettings& settings, Welcome welcome, Counters& counters)
    : loop_(loop),
      endpoint_(settings.endpoint),
      index_(welcome.loop),
      wire_(settings),
      fabric_(settings, wire_, std::move(welcome), counters, [this] { loop_.at_turn_end(*this); }),
      timer_(loop, [this] { tick(); }) {
  wire_.attach(fabric_);
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
  if (const auto bound = wire_.bind(pair->deal, pair->steer); !bound) return bound.error();
  fabric_.bound(loop_.now());
  const auto at_end = [this] { loop_.at_turn_end(*this); };
  door_ = std::make_unique<Descriptor>(loop_, wire_.door_descriptor(), [this] { wire_.door_ready(); });
  deal_ = std::make_unique<Descriptor>(loop_, wire_.deal_descriptor(), [this, at_end] {
    wire_.deal_ready();
    if (wire_.must_receive()) at_end();
  });
  steer_ = std::make_unique<Descriptor>(loop_, wire_.steer_descriptor(), [this, at_end] {
    wire_.steer_ready();
    at_end();
  });
  const auto watch = [this, at_end] {
    wire_.watch_ready();
    at_end();
  };
  deal_watch_ = std::make_unique<Descriptor>(loop_, wire_.deal_watch_descriptor(), watch);
  steer_watch_ = std::make_unique<Descriptor>(loop_, wire_.steer_watch_descriptor(), watch);
  // ZMQ_FD is edge-triggered: events from before the loop watched a descriptor must be asked for.
  wire_.door_ready();
  wire_.deal_ready();
  wire_.steer_ready();
  wire_.watch_ready();
  loop_.post([this] { tick(); });
  return {};
}

void FabricDriver::turn_end() {
  fabric_.turn_end(loop_.now());
  const bool is_all = !wire_.must_receive() || receive();
  if (!is_all) receive_later();
  if (is_all || unfinished_ >= kUnfinishedTurns) {
    unfinished_ = 0;
    wire_.tell_watched();
    fabric_.judge(loop_.now());
    if (is_all && wire_.must_receive()) loop_.at_turn_end(*this);
  }
  // A received message may need an answer. The fabric has then asked for another end of this turn.
  if (const Millis wanted = fabric_.tick_interval(); wanted < ticking_) {
    ticking_ = wanted;
    timer_.set(ticking_);
  }
}

// Returns whether all messages were received. An answer makes the turn's end come again, and that end finds more
// messages. Without a bound a peer could ask faster than it is answered: the turn would never be over, and no client
// would be served.
bool FabricDriver::receive() {
  if (turn_ != loop_.now()) {
    turn_ = loop_.now();
    receives_ = 0;
  }
  return receives_++ < kReceivesPerTurn && wire_.receive();
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
  loop_.at_turn_end(*this);
  ticking_ = fabric_.tick_interval();
  timer_.set(ticking_);
}

}  // namespace zeroway
