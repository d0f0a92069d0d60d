#include "router/fabric/zmq_engine.h"

#include <utility>

#include "router/fabric/limits.h"

namespace zeroway {

// One of ZeroMQ's descriptors in the loop.
class ZmqEngine::Descriptor : public Watcher {
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

ZmqEngine::ZmqEngine(Loop& loop, const FabricSettings& settings) : loop_(loop), wire_(settings) {}
ZmqEngine::~ZmqEngine() = default;

void ZmqEngine::attach(WireEvents& events, std::function<void()> wants_turn_end) {
  wire_.attach(events);
  wants_turn_end_ = std::move(wants_turn_end);
}

Result<> ZmqEngine::bind(const std::string& deal, const std::string& steer) {
  if (const auto bound = wire_.bind(deal, steer); !bound) return bound.error();
  watch_all();
  // ZMQ_FD is edge-triggered: events from before the loop watched a descriptor must be asked for.
  wire_.door_ready();
  wire_.deal_ready();
  wire_.steer_ready();
  wire_.watch_ready();
  return {};
}

void ZmqEngine::watch_all() {
  door_ = std::make_unique<Descriptor>(loop_, wire_.door_descriptor(), [this] { wire_.door_ready(); });
  deal_ = std::make_unique<Descriptor>(loop_, wire_.deal_descriptor(), [this] {
    wire_.deal_ready();
    if (wire_.must_receive()) wants_turn_end_();
  });
  steer_ = std::make_unique<Descriptor>(loop_, wire_.steer_descriptor(), [this] {
    wire_.steer_ready();
    wants_turn_end_();
  });
  const auto watch = [this] {
    wire_.watch_ready();
    wants_turn_end_();
  };
  deal_watch_ = std::make_unique<Descriptor>(loop_, wire_.deal_watch_descriptor(), watch);
  steer_watch_ = std::make_unique<Descriptor>(loop_, wire_.steer_watch_descriptor(), watch);
}

// An answer to a message makes the turn's end come again, and that end finds more messages. Without a bound a peer
// could ask faster than it is answered: the turn would never be over, and no client would be served.
bool ZmqEngine::receive() {
  if (turn_ != loop_.now()) {
    turn_ = loop_.now();
    receives_ = 0;
  }
  return receives_++ < kReceivesPerTurn && wire_.receive();
}

}  // namespace zeroway
