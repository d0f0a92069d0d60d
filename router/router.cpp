#include "router/router.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <thread>

#include "proto/control.h"
#include "proto/instance.h"
#include "router/edge/front_door.h"
#include "router/exchange/exchanges.h"
#include "router/exchange/plan_in_use.h"
#include "router/fabric/fabric_driver.h"
#include "router/net/loop.h"
#include "router/net/loop_clock.h"
#include "router/net/signals.h"
#include "router/net/socket.h"
#include "router/net/tls_keeper.h"
#include "router/net/tls_server.h"
#include "router/observe/counters.h"
#include "router/observe/log.h"
#include "router/observe/log_file.h"
#include "router/observe/report.h"
#include "router/observe/request_log.h"

namespace zeroway {

namespace {

constexpr Millis kSweepInterval{100};     // deadlines of exchanges, lines of the access log
constexpr Millis kDrainLookInterval{20};  // whether the last client is gone
constexpr std::initializer_list<int> kSignals{SIGTERM, SIGINT, SIGHUP, SIGUSR1};

// A connection is a descriptor, and the usual soft limit is 1024. Clients do not get all descriptors: libzmq ends the
// process when there is none for a worker.
Result<> fit_descriptors(Settings& settings) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t all = limit.rlim_max;
  const std::size_t least = 32 + 32 * std::size_t{settings.threads};
  if (all < least) {
    return Error{
        Fault::router, Code::internal, false,
        "only " + std::to_string(all) + " descriptors (ulimit -n): at least " + std::to_string(least) + " are needed"};
  }
  const std::size_t kept = least + std::min<std::size_t>(all / 8, 1'024);
  const std::size_t most = std::max<std::size_t>(1, (all > kept ? all - kept : 0) / settings.threads);
  if (most >= settings.edge.limits.max_connections) return {};
  settings.edge.limits.max_connections = most;
  log::warning("only " + std::to_string(all) + " descriptors (ulimit -n): at most " + std::to_string(most) +
               " client connections per thread, the others are for workers");
  return {};
}

}  // namespace

struct Router::Lane {
  Lane(const Settings& settings, Welcome welcome)
      : loop(settings.io_uring ? ManySends::Ring::if_there : ManySends::Ring::never),
        fabric(loop, settings.fabric, std::move(welcome), counters),
        plan(with_fabric(settings.exchange, fabric.backend())),
        exchanges(settings.exchange, plan, log, counters, clock),
        door(loop, settings.edge, exchanges, log, counters, clock),
        sweep(loop, [this] { on_sweep(); }) {
    sweep.set(kSweepInterval);
  }

  static PlanInUse with_fabric(const ExchangeSettings& settings, Backend& fabric) {
    PlanInUse made;
    made.use(make_plan(settings), {std::shared_ptr<Backend>(&fabric, [](Backend*) {})});
    return made;
  }

  void on_sweep() {
    exchanges.sweep(loop.now());
    plan.sweep();
    log.sweep(loop.now());
    sweep.set(kSweepInterval);
  }

  void drain(std::function<void()> drained) {
    door.drain();
    when_drained = std::move(drained);
    drain_look = std::make_unique<Timer>(loop, [this] { look(); });
    look();
  }

  void look() {
    if (door.is_drained()) return when_drained();
    drain_look->set(kDrainLookInterval);
  }

  // Each member may use the members above it.
  Loop loop;
  LoopClock clock{loop};
  Counters counters;
  RequestLog log;
  FabricDriver fabric;
  PlanInUse plan;
  Exchanges exchanges;
  std::optional<TlsServer> tls;  // none without TLS
  FrontDoor door;
  Timer sweep;
  std::unique_ptr<Timer> drain_look;
  std::function<void()> when_drained;
};

Router::Router(Settings settings) : settings_(std::move(settings)) {}

Router::~Router() = default;

Result<> Router::open() {
  Signals::block(kSignals);
  if (auto fits = fit_descriptors(settings_); !fits) return fits;
  std::signal(SIGPIPE, SIG_IGN);  // a log into a closed pipe must not end the router
  if (auto opened = open_access_log(); !opened) return opened;
  if (auto opened = open_lanes(); !opened) return opened;
  // Before any client can connect: a program that can connect may also send a signal.
  signals_ = std::make_unique<Signals>(lanes_.front()->loop, kSignals, [this](int number) { signal(number); });
  if (auto opened = open_doors(); !opened) return opened;
  say_it_serves();
  return {};
}

Result<> Router::open_access_log() {
  if (settings_.observe.access_log.empty()) return {};
  access_log_ = std::make_unique<LogFile>("access log");
  return access_log_->open(settings_.observe.access_log);
}

Result<> Router::open_lanes() {
  const std::string instance = make_instance("router");
  for (std::uint32_t index = 0; index < settings_.threads; ++index) {
    auto welcome = FabricDriver::plan(settings_.fabric, instance, index, settings_.threads);
    if (!welcome) return welcome.error();
    lanes_.push_back(std::make_unique<Lane>(settings_, std::move(*welcome)));
    Lane& lane = *lanes_.back();
    if (access_log_) lane.log.write_to(*access_log_, settings_.observe.access_format);
    if (const auto bound = lane.fabric.bind(); !bound) {
      Error error = bound.error();
      error.detail.insert(0, "--fabric " + settings_.fabric.endpoint + ": ");
      return error;
    }
  }
  return {};
}

// Opens one socket for each lane at the same port. Returns their address as text.
Result<std::string> Router::listen_in_lanes(std::uint16_t port, const std::function<void(Lane&, Socket)>& take) {
  const std::string& address = settings_.edge.address;
  if (lanes_.size() > 1) {
    // A shared port can be bound even when another router of this user shares it. So first the port must be free for a
    // socket that does not share.
    const auto probe = listen_at(address, port, Share::no);
    if (!probe) return probe.error();
  }
  std::string where;
  for (const auto& lane : lanes_) {
    auto socket = listen_at(address, port, lanes_.size() > 1 ? Share::yes : Share::no);
    if (!socket) return socket.error();
    const Peer bound = bound_to(*socket);
    port = bound.port;
    where = show(bound);
    take(*lane, std::move(*socket));
  }
  return where;
}

Result<> Router::open_doors() {
  auto where =
      listen_in_lanes(settings_.edge.port, [](Lane& lane, Socket socket) { lane.door.open(std::move(socket)); });
  if (!where) return where.error();
  where_ = std::move(*where);
  return settings_.edge.tls.is_on() ? open_tls_doors() : Result<>();
}

Result<> Router::open_tls_doors() {
  const EdgeSettings& edge = settings_.edge;
  tls_keeper_ = std::make_unique<TlsKeeper>(
      lanes_.front()->loop, edge.tls, std::vector<std::string>{"h2", "http/1.1"},
      [this](const TlsTerms& terms) { use_tls(terms); }, lanes_.front()->clock);
  if (auto opened = tls_keeper_->open(); !opened) return opened;
  auto where = listen_in_lanes(edge.tls.port, [&](Lane& lane, Socket socket) {
    lane.tls.emplace(lane.loop, tls_keeper_->terms(), edge.tls.handshake_timeout);
    lane.door.open_tls(std::move(socket), *lane.tls);
  });
  if (!where) return where.error();
  tls_where_ = std::move(*where);
  return {};
}

void Router::use_tls(const TlsTerms& terms) {
  for (const auto& lane : lanes_) {
    lane->loop.post([lane = lane.get(), terms] { lane->tls->use(terms); });
  }
}

void Router::say_it_serves() const {
  std::string workers;
  for (std::uint32_t index = 0; index < settings_.threads; ++index) {
    const auto deal = loop_endpoint(settings_.fabric.endpoint, index);
    const auto steer = steer_endpoint(*deal);
    workers += (index > 0 ? ", " : "") + *deal + " and " + *steer;
  }
  const std::string tls = tls_where_.empty() ? "" : " and https://" + tls_where_;
  log::info("serving http://" + where_ + tls + "; workers come to " + workers);
  if (!settings_.fabric.key_file.empty() && settings_.fabric.allow_file.empty())
    log::warning("without --fabric-allow whoever knows the router's public key can be a worker, and gets requests");
}

int Router::run() {
  std::vector<std::thread> threads;
  for (std::size_t index = 1; index < lanes_.size(); ++index) {
    threads.emplace_back([lane = lanes_[index].get()] { lane->loop.run(); });
  }
  lanes_.front()->loop.run();
  for (std::thread& thread : threads) thread.join();
  if (settings_.observe.verbose) {
    Counters sum;
    for (const auto& lane : lanes_) add(sum, lane->counters);
    write_counters(sum);
  }
  return exit_code_;
}

void Router::signal(int number) {
  if (number == SIGUSR1) return report();
  if (number == SIGHUP) return reload();
  if (!is_draining_) return drain();
  log::warning("told twice to end: ending now");
  exit_code_ = 1;
  stop();
}

void Router::drain() {
  is_draining_ = true;
  log::info("draining: open requests end, nothing new begins");
  Loop& first = lanes_.front()->loop;
  drain_timer_ = std::make_unique<Timer>(first, [this] { drain_timed_out(); });
  drain_timer_->set(settings_.drain_timeout);
  for (const auto& lane : lanes_) {
    lane->loop.post(
        [this, &first, lane = lane.get()] { lane->drain([this, &first] { first.post([this] { lane_drained(); }); }); });
  }
}

void Router::lane_drained() {
  if (++drained_ < lanes_.size()) return;
  log::info("drained");
  stop();
}

void Router::drain_timed_out() {
  log::warning("requests are still open after the drain timeout: ending without them");
  stop();
}

void Router::stop() {
  for (const auto& lane : lanes_) {
    // The turn in which clients are dropped tells their workers, then the loop ends.
    lane->loop.post([lane = lane.get()] { lane->door.drop_all(); });
    lane->loop.stop();
  }
}

void Router::reload() {
  // Lines that loops still gather go to the new file, which is as good as the old one.
  if (access_log_) access_log_->reopen();
  log::reopen();
  log::info("SIGHUP: log files are opened anew, certificates are read again; there is nothing else to load");
  if (tls_keeper_) tls_keeper_->reload();
}

struct Router::Report {
  Counters sum;
  std::vector<std::string> workers;  // a line each
};

void Router::report() { gather(0, Report{}); }

// The report goes from loop to loop, each loop adds its own counters, and then back to the first loop.
void Router::gather(std::size_t index, Report report) {
  if (index == lanes_.size()) {
    return lanes_.front()->loop.post([this, report = std::move(report)] {
      for (const std::string& line : report.workers) log::info(line);
      if (report.workers.empty()) log::info("no worker is here");
      write_counters(report.sum);
    });
  }
  lanes_[index]->loop.post([this, index, report = std::move(report)]() mutable {
    const Lane& lane = *lanes_[index];
    add(report.sum, lane.counters);
    // Each loop has workers' connections of its own.
    const std::string where = lanes_.size() == 1 ? "" : "loop " + std::to_string(index) + ": ";
    for (const std::string& line : lane.fabric.describe()) report.workers.push_back(where + line);
    gather(index + 1, std::move(report));
  });
}

void Router::write_counters(Counters sum) const {
  if (access_log_) sum.access_lines_lost = access_log_->lost();  // one file for all loops
  write_report(sum);
}

}  // namespace zeroway
