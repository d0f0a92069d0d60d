#include "router/router.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <thread>
#include <utility>

#include "proto/control.h"
#include "proto/instance.h"
#include "router/access/hash_pool.h"
#include "router/access/password_hash.h"
#include "router/access/secrets_keeper.h"
#include "router/access/shared_limits.h"
#include "router/admin/process_facts.h"
#include "router/archive_downloads.h"
#include "router/backends/archive/unpack.h"
#include "router/entrance_tls.h"
#include "router/file_content.h"
#include "router/lane.h"
#include "router/lane_sockets.h"
#include "router/net/signals.h"
#include "router/net/socket.h"
#include "router/observe/events.h"
#include "router/observe/log.h"
#include "router/observe/report.h"
#include "router/plan/make_plan.h"
#include "router/port_doors.h"
#include "router/router_coordinator.h"
#include "router/stapling/staple_store.h"
#include "router/sticky_key.h"
#include "router/tracing.h"
#include "router/wamp_cookies.h"

namespace zeroway {

namespace {

constexpr std::initializer_list<int> kSignals{SIGTERM, SIGINT, SIGHUP, SIGUSR1};

// For the ports of circuits: a socket for each loop.
std::size_t port_sockets(const Settings& settings) {
  std::size_t ports = settings.sessions.ports.size();
  if (settings.file) {
    for (const SiteSettings& site : settings.file->sites) ports = std::max(ports, site.sessions.ports.size());
  }
  return ports * settings.threads;
}

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
  const std::size_t kept =
      least + std::min<std::size_t>(all / 8, 1'024) + std::min<std::size_t>(all / 2, port_sockets(settings));
  const std::size_t most = std::max<std::size_t>(1, (all > kept ? all - kept : 0) / settings.threads);
  if (most >= settings.edge.limits.max_connections) return {};
  settings.edge.limits.max_connections = most;
  log::warning("only " + std::to_string(all) + " descriptors (ulimit -n): at most " + std::to_string(most) +
               " client connections per thread, the others are for workers and ports of services");
  return {};
}

Error not_reloaded(std::string why) { return {Fault::router, Code::internal, false, std::move(why)}; }

// At the listener's port, or at the first one of its range that is free.
Result<LaneSockets> bind_first_free(const ListenerSpec& spec, std::size_t lanes) {
  const std::uint32_t last = std::max<std::uint32_t>(spec.port, spec.last_port);
  std::string why;
  for (std::uint32_t port = spec.port; port <= last; ++port) {
    auto bound = bind_for_lanes(spec.address, static_cast<std::uint16_t>(port), lanes, spec.terms);
    if (bound) return std::move(*bound);
    why = bound.error().detail;
  }
  if (spec.last_port > 0)
    why = "none of the ports " + std::to_string(spec.port) + " to " + std::to_string(last) + " is free: " + why;
  return Error{Fault::router, Code::internal, false, std::move(why)};
}

// A log line for each line of `text`.
void log_lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) log::error(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

// Removes the file of a unix socket when no plan has it any more.
struct SocketFile {
  explicit SocketFile(std::string at) : path(std::move(at)) {}
  ~SocketFile() { remove_socket_file(path); }
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  const std::string path;
};

// A listener of the plan, with what all loops share of it.
struct Router::Entrance {
  ListenerSpec spec;
  std::uint64_t door = 0;
  std::string where{};                 // the bound address
  std::vector<Socket> sockets{};       // bound and not handed to the lanes yet, one for each
  std::vector<Socket> kept{};          // the same ones: for a door that speaks another language at this address
  std::unique_ptr<EntranceTls> tls{};  // none without TLS
  Entrance* before = nullptr;          // whose TLS this entrance takes over

  std::shared_ptr<SocketFile> socket_file{};  // of a unix socket; the entrance of the next plan takes it over

  // Not when it is optional and could not be bound.
  [[nodiscard]] bool is_open() const { return door != 0; }
  [[nodiscard]] std::string url() const {
    if (!spec.socket_path.empty()) return where;
    if (spec.language == Language::raw_socket) return (spec.is_tls ? "rss://" : "rs://") + where;
    if (spec.language == Language::tcp) return (spec.is_tls ? "tls://" : "tcp://") + where;
    return (spec.is_tls ? "https://" : "http://") + where;
  }
};

Router::Router(Settings settings, ReadSettings read_again, std::shared_ptr<const std::string> shown_file,
               PortFingerprints fingerprints)
    : read_again_(std::move(read_again)),
      settings_(std::move(settings)),
      types_(MimeTypes::read("/etc/mime.types")),
      hashes_(std::make_unique<HashPool>(fits_hash)),
      shown_file_(std::move(shown_file)),
      fingerprints_(std::move(fingerprints)),
      desk_(lanes_, {.describe = [this](Census& census) { describe(census); },
                     .reload = [this] { return reload_sites(); },
                     .reopen_logs = [this] { reopen_logs(); },
                     .drain =
                         [this] {
                           if (!is_draining_) drain();
                         },
                     .set_log_level = [this](const Change& change) { set_log_level(change); },
                     .change_servers = [this](const Change& change) { return change_servers(change); },
                     .change_circuits = [this](const Change& change,
                                               ChangeDone done) { change_circuits(*change.circuits, std::move(done)); },
                     .list_circuits = [this] { return list_circuits(); }}) {}

Router::~Router() {
  hashes_->end();
  desk_.end();
}

Result<> Router::open() {
  std::signal(SIGPIPE, SIG_IGN);  // a log into a closed pipe must not end the router
  // Signals still end the router at once: nobody is served yet, and a server may take its time.
  if (auto fetched = fetch_archives(settings_); !fetched) return fetched;
  Signals::block(kSignals);
  if (auto fits = fit_descriptors(settings_); !fits) return fits;
  if (auto opened = open_tracing(); !opened) return opened;
  if (auto opened = open_lanes(); !opened) return opened;
  // Before any client can connect: a program that can connect may also send a signal.
  signals_ = std::make_unique<Signals>(lanes_.front()->loop(), kSignals, [this](int number) { signal(number); });
  CertificateUsers& self = *this;  // a private base: make_unique cannot convert to it
  certificates_ = std::make_unique<CertificateKeeper>(lanes_.front()->loop(), lanes_.front()->clock(),
                                                      settings_.state_dir, self, std::random_device()());
  staples_ = std::make_unique<StapleStore>(settings_.state_dir, lanes_.front()->clock().wall_now());
  secrets_keeper_ =
      std::make_unique<SecretsKeeper>(lanes_.front()->loop(), [this](const Secrets& secrets) { use_secrets(secrets); });
  auto plan = read_plan(settings_);
  if (!plan) return plan.error();
  open_port_doors();
  open_circuits();
  auto coordinator = make_coordinator(settings_);
  if (!coordinator) return coordinator.error();
  if (auto opened = adopt(std::move(*plan)); !opened) return opened;
  tell_sharers();
  coordinator_ = std::move(*coordinator);
  // What is kept from before is as good as a table.
  if (coordinator_) wait_for_circuits(circuits_->size() == 0);
  say_it_serves();
  return {};
}

void Router::open_circuits() {
  CircuitUsers users{.tell =
                         [this](const std::shared_ptr<const CircuitUpdate>& update) {
                           for (const auto& lane : lanes_)
                             on_lane(*lane, [update, to = lane.get()] { to->update(*update); });
                           port_doors_->update(*update);
                         },
                     .aside = [this](std::function<void()> task) { desk_.aside(std::move(task)); },
                     .when_known = [this](std::function<void()> done) { on_all_lanes([](Lane&) {}, std::move(done)); }};
  circuits_ =
      std::make_unique<CircuitStore>(lanes_.front()->loop(), settings_.state_dir, circuit_uses_, std::move(users));
  circuits_->open();
}

void Router::open_port_doors() {
  PortUsers users{.on_lane = [this](Lane& lane, std::function<void()> task) { on_lane(lane, std::move(task)); },
                  .tls = [this](std::size_t listener) -> std::optional<TlsTerms> {
                    const auto& tls = entrances_[listener]->tls;
                    return tls ? std::optional(tls->terms()) : std::nullopt;
                  }};
  port_doors_ = std::make_unique<PortDoors>(lanes_, std::move(users));
}

void Router::change_circuits(const CircuitChange& change, CircuitStore::Done done) {
  if (const auto fits = port_doors_->check(change); !fits) {
    return lanes_.front()->loop().post([done = std::move(done), error = fits.error()] { done(error); });
  }
  circuits_->change(change, std::move(done));
}

std::shared_ptr<const CircuitList> Router::list_circuits() const {
  auto list = circuits_->list();
  list->ports = port_doors_->all();
  return list;
}

// Null when the settings name none.
Result<std::unique_ptr<RouterCoordinator>> Router::make_coordinator(const Settings& settings) {
  if (!settings.file || !settings.file->app_proxy || settings.file->app_proxy->coordinator.url.empty())
    return std::unique_ptr<RouterCoordinator>();
  Lane& first = *lanes_.front();
  return RouterCoordinator::make({first.loop(), first.clock(), *circuits_, [this] { wait_for_circuits(false); }},
                                 *settings.file->app_proxy, settings.management);
}

// After a reload. The one before signs off; its circuits stay until the next one has told its own.
void Router::use_coordinator(std::unique_ptr<RouterCoordinator> next) {
  if (next && coordinator_ && next->is_as(*coordinator_)) return;
  std::erase_if(left_coordinators_, [](const auto& one) { return one->has_left(); });
  if (coordinator_) {
    left_coordinators_.push_back(std::move(coordinator_));
    left_coordinators_.back()->leave([] {});
  }
  coordinator_ = std::move(next);
  if (coordinator_) coordinator_->begin();
}

void Router::wait_for_circuits(bool is_waiting) {
  for (const auto& lane : lanes_) on_lane(*lane, [is_waiting, to = lane.get()] { to->wait_for_circuits(is_waiting); });
}

Result<> Router::open_tracing() {
  if (!settings_.file || !settings_.file->tracing) return {};
  auto tracing = Tracing::make(*settings_.file->tracing);
  if (!tracing) return tracing.error();
  tracing_ = std::move(*tracing);
  return {};
}

Result<> Router::open_lanes() {
  instance_ = make_instance("router");
  began_ = reloads_.last = std::chrono::system_clock::now();
  for (std::uint32_t index = 0; index < settings_.threads; ++index) {
    auto welcome = FabricDriver::plan(settings_.fabric, instance_, index, settings_.threads);
    if (!welcome) return welcome.error();
    lanes_.push_back(std::make_unique<Lane>(settings_, types_, *hashes_, std::move(*welcome),
                                            index == 0 ? Checks::yes : Checks::no, desk_, circuit_uses_,
                                            tracing_ ? tracing_->tracer() : nullptr));
    Lane& lane = *lanes_.back();
    if (const auto bound = lane.fabric().bind(); !bound) {
      Error error = bound.error();
      error.detail.insert(0, "--fabric " + settings_.fabric.endpoint + ": ");
      return error;
    }
  }
  return {};
}

// Uses `plan` on all loops. An error changes nothing: every socket is bound and every certificate is read before the
// first loop is told.
Result<> Router::adopt(std::shared_ptr<const Plan> plan) {
  auto parts = make_parts(*plan);
  if (!parts) return parts.error();
  if (auto prepared = certificates_->prepare(plan->certificates); !prepared) return prepared.error();
  auto secrets = read_secrets(plan->secrets);
  if (!secrets) return secrets.error();
  std::vector<std::unique_ptr<Entrance>> next;
  for (const ListenerSpec& spec : plan->listeners) {
    auto entrance = make_entrance(spec);
    if (!entrance) return entrance.error();
    next.push_back(std::move(*entrance));
  }
  for (const auto& entrance : next)
    if (Entrance* before = std::exchange(entrance->before, nullptr)) entrance->tls = std::move(before->tls);
  entrances_ = std::move(next);
  plan_ = plan;
  parts_ = std::move(*parts);
  port_doors_->use(plan);
  use_secrets(*secrets);
  secrets_keeper_->keep(std::move(*secrets));
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    auto doors = std::make_shared<std::vector<DoorChange>>(doors_of(lane));
    on_lane(*lanes_[lane],
            [plan, parts = parts_, doors, to = lanes_[lane].get()] { to->use(plan, parts, std::move(*doors)); });
  }
  for (const auto& entrance : entrances_) entrance->sockets.clear();
  port_doors_->open_all();
  certificates_->use(plan->certificates);
  return {};
}

// Other routers at the ports that the plan shares.
void Router::tell_sharers() {
  std::map<std::string, std::uint64_t> places;
  for (const auto& entrance : entrances_) {
    const ListenerSpec& spec = entrance->spec;
    if (!entrance->is_open() || !spec.terms.shared || !spec.socket_path.empty()) continue;
    const auto said = fingerprints_.find(to_text(ListenAddress{spec.address, spec.port, "", spec.last_port}));
    if (said != fingerprints_.end()) places[entrance->where] = said->second;
  }
  shared_ports_.use(places);
}

Result<SharedParts> Router::make_parts(const Plan& plan) {
  SharedParts parts;
  for (const std::string& path : plan.log_files) {
    auto file = access_logs_.open(path);
    if (!file) return file.error();
    parts.log_files.push_back(std::move(*file));
  }
  for (const ArchiveSpec& archive : plan.archives)
    if (auto there = unpack(archive.file, archive.folder); !there) return there.error();
  auto pools = make_pools(plan);
  if (!pools) return pools.error();
  parts.pools = std::move(*pools);
  auto cookies = make_cookies(plan, plan_.get(), parts_.cookies, std::chrono::system_clock::now());
  if (!cookies) return cookies.error();
  parts.cookies = std::move(*cookies);
  const bool is_counting =
      std::any_of(plan.access.begin(), plan.access.end(), [](const AccessRules& one) { return one.is_counting(); });
  parts.limits = parts_.limits;  // what is counted outlives plans
  if (is_counting && !parts.limits) parts.limits = std::make_shared<SharedLimits>();
  parts.cookie_key = cookie_key_of(plan);
  return parts;
}

// "" where no route needs one.
std::string Router::cookie_key_of(const Plan& plan) {
  const bool is_needed =
      std::any_of(plan.sites.begin(), plan.sites.end(), [](const Site& site) { return !site.own_cookies.empty(); });
  if (!is_needed || !plan.sticky_key.empty()) return plan.sticky_key;
  if (sticky_key_.empty()) sticky_key_ = own_sticky_key(settings_.state_dir);
  return sticky_key_;
}

// What all loops share of each pool. A pool that is as before stays; one of the same name hands its servers' health on.
Result<SharedPools> Router::make_pools(const Plan& plan) const {
  SharedPools pools;
  for (const BackendSpec& spec : plan.backends) {
    const PoolSpec* wanted = servers_of(spec);
    if (wanted == nullptr) {
      pools.push_back(nullptr);
      continue;
    }
    const auto is_same = [&](const auto& pool) { return pool && pool->spec() == *wanted; };
    const auto is_before = [&](const auto& pool) { return pool && pool->spec().name == wanted->name; };
    if (const auto same = std::find_if(parts_.pools.begin(), parts_.pools.end(), is_same); same != parts_.pools.end()) {
      pools.push_back(*same);
      continue;
    }
    const auto before = std::find_if(parts_.pools.begin(), parts_.pools.end(), is_before);
    auto pool =
        ServersPool::make(*wanted, before == parts_.pools.end() ? nullptr : before->get(), std::random_device()());
    if (!pool)
      return Error{Fault::router, Code::internal, false, "pool '" + wanted->name + "': " + pool.error().detail};
    pools.push_back(std::move(*pool));
  }
  return pools;
}

// The error has a line for each thing that is wrong.
Result<std::shared_ptr<const Plan>> Router::read_plan(const Settings& settings) const {
  PlanMaking making = make_plan(settings, read_file);
  for (const std::string& warning : making.warnings) log::warning(warning);
  if (making.plan) return std::move(making.plan);
  Error error{Fault::router, Code::internal, false, ""};
  for (const std::string& line : making.errors) error.detail.append(error.detail.empty() ? "" : "\n").append(line);
  return error;
}

// A reload of a file that has lost its sites (it may be half written) is an error: its plan would be that of a router
// without a file, which listens on every address.
Result<std::shared_ptr<const Plan>> Router::read_sites(const Settings& settings) const {
  if (settings.file->has_listeners() || !settings_.file->has_listeners()) return read_plan(settings);
  return Error{Fault::router, Code::internal, false, settings.file->path + ": has no [[sites]] any more"};
}

// The entrance of `spec`: with the door that is open already, or with a new door and bound sockets.
Result<std::unique_ptr<Router::Entrance>> Router::make_entrance(const ListenerSpec& spec) {
  const auto is_same = [&](const auto& open) { return open->is_open() && open->spec.is_same_socket(spec); };
  const auto open = std::find_if(entrances_.begin(), entrances_.end(), is_same);
  auto entrance = std::make_unique<Entrance>();
  entrance->spec = spec;
  if (open != entrances_.end()) {
    entrance->door = (*open)->door;
    entrance->where = (*open)->where;
    entrance->socket_file = (*open)->socket_file;
    for (const Socket& socket : (*open)->kept) entrance->kept.push_back(share(socket.fd()));
    use_terms(*entrance, (*open)->spec.terms);
  } else {
    entrance->door = ++last_door_;
    if (auto bound = take_over(*entrance) ? Result<>() : bind(*entrance); !bound) {
      if (!spec.is_optional) return bound.error();
      log::warning("no management listener (see --manage): " + bound.error().detail);
      *entrance = Entrance{.spec = spec};
    }
    for (const Socket& socket : entrance->sockets) entrance->kept.push_back(share(socket.fd()));
  }
  if (!entrance->is_open()) return entrance;
  if (spec.is_tls && open != entrances_.end() && (*open)->spec.tls == spec.tls) {
    entrance->before = open->get();  // clients go on with the sessions that they have
  } else if (spec.is_tls) {
    if (auto opened = open_tls(*entrance); !opened) return opened.error();
  }
  return entrance;
}

// A socket cannot begin to be shared once it is bound.
void Router::use_terms(const Entrance& entrance, const ListenTerms& before) {
  const ListenTerms& now = entrance.spec.terms;
  if (now == before) return;
  for (const Socket& socket : entrance.kept) change_terms(socket, now);
  if (now.shared != before.shared) log::warning(entrance.where + ": `shared` changes at the next start");
}

// A listener that begins or ends to speak TLS takes the sockets over: the address cannot be bound twice.
bool Router::take_over(Entrance& entrance) const {
  const auto is_there = [&](const auto& open) { return open->is_open() && open->spec.is_same_address(entrance.spec); };
  const auto before = std::find_if(entrances_.begin(), entrances_.end(), is_there);
  if (before == entrances_.end()) return false;
  entrance.where = (*before)->where;
  entrance.socket_file = (*before)->socket_file;
  for (const Socket& socket : (*before)->kept) {
    entrance.sockets.push_back(share(socket.fd()));
    change_terms(entrance.sockets.back(), entrance.spec.terms);
  }
  return true;
}

// Binds one socket for each lane at the same port.
Result<> Router::bind(Entrance& entrance) {
  if (!entrance.spec.socket_path.empty()) return bind_unix(entrance);
  auto bound = bind_first_free(entrance.spec, lanes_.size());
  if (!bound) return bound.error();
  entrance.where = show(bound->bound);
  entrance.sockets = std::move(bound->all);
  return {};
}

Result<> Router::bind_unix(Entrance& entrance) {
  auto socket = listen_on_unix(entrance.spec.socket_path, kUnixSocketMode, entrance.spec.terms);
  if (!socket) return socket.error();
  entrance.where = "unix:" + entrance.spec.socket_path;
  for (std::size_t lane = 1; lane < lanes_.size(); ++lane) entrance.sockets.push_back(share(socket->fd()));
  entrance.sockets.push_back(std::move(*socket));
  entrance.socket_file = std::make_shared<SocketFile>(entrance.spec.socket_path);
  return {};
}

Result<> Router::open_tls(Entrance& entrance) {
  const auto tell = [this, door = entrance.door](const TlsTerms& terms) {
    for (const auto& lane : lanes_) {
      lane->loop().post([lane = lane.get(), door, terms] { lane->use_tls(door, terms); });
    }
  };
  // What the servers of a TCP service speak is their business.
  std::vector<std::string> protocols;
  if (entrance.spec.language == Language::http) protocols = {"h2", "http/1.1"};
  entrance.tls = std::make_unique<EntranceTls>(*lanes_.front(), entrance.spec.tls, protocols, *staples_, tell);
  auto opened = entrance.tls->open();
  if (opened && tls_challenges_) entrance.tls->keeper().use(tls_challenges_);
  return opened;
}

// What the plan's listeners are for one lane.
std::vector<DoorChange> Router::doors_of(std::size_t lane) {
  std::vector<DoorChange> doors;
  for (std::size_t listener = 0; listener < entrances_.size(); ++listener) {
    Entrance& entrance = *entrances_[listener];
    if (!entrance.is_open()) continue;
    DoorChange change{.door = entrance.door, .listener = listener};
    if (!entrance.sockets.empty()) change.socket = std::move(entrance.sockets[lane]);
    if (entrance.tls) change.tls = entrance.tls->terms();
    doors.push_back(std::move(change));
  }
  for (DoorChange& change : port_doors_->doors()) doors.push_back(std::move(change));
  return doors;
}

// Runs `task` on all lanes, then `done` on the first one.
void Router::on_all_lanes(const std::function<void(Lane&)>& task, std::function<void()> done) {
  auto left = std::make_shared<std::size_t>(lanes_.size());
  Loop& first = lanes_.front()->loop();
  for (const auto& lane : lanes_) {
    lane->loop().post([task, left, done, &first, lane = lane.get()] {
      task(*lane);
      first.post([left, done] {
        if (--*left == 0) done();
      });
    });
  }
}

// The terms of TLS are posted to each lane before the task of on_all_lanes(), which is done after them.
void Router::answer(std::shared_ptr<const OpenChallenges> open, std::function<void()> done) {
  answer_by_tls(open.get());
  on_all_lanes([open](Lane& lane) { lane.answer(open); }, std::move(done));
}

void Router::answer_by_tls(const OpenChallenges* open) {
  std::vector<TlsChallenge> known;
  std::vector<std::string> awaited;
  if (open != nullptr) {
    for (const auto& [name, digest] : open->digests) {
      if (digest) known.push_back({name, *digest});
      if (!digest) awaited.push_back(name);
    }
  }
  auto challenges = TlsChallenges::make(known, awaited);
  if (!challenges) return log::error(challenges.error().detail);
  const bool is_any = !known.empty() || !awaited.empty();
  if (!is_any && !tls_challenges_) return;  // the usual case: they are answered over HTTP
  tls_challenges_ = is_any ? *challenges : nullptr;
  for (const auto& entrance : entrances_)
    if (entrance->tls) entrance->tls->keeper().use(tls_challenges_);
}

void Router::renewed(const CertificateSpec& spec) {
  const std::string file = spec.file();
  const auto is_it = [&](const TlsFiles& files) { return files.certificate == file; };
  for (const auto& entrance : entrances_) {
    const auto& sites = entrance->spec.tls.sites;
    const bool serves = std::any_of(sites.begin(), sites.end(), [&](const TlsSite& site) {
      return std::any_of(site.certificates.begin(), site.certificates.end(), is_it);
    });
    if (entrance->tls && serves) entrance->tls->keeper().reload();
  }
}

void Router::use_secrets(const Secrets& secrets) {
  for (const auto& lane : lanes_) on_lane(*lane, [secrets, to = lane.get()] { to->use_secrets(secrets); });
}

void Router::on_lane(Lane& lane, std::function<void()> task) {
  if (is_running_) return lane.loop().post(std::move(task));
  task();
}

void Router::say_it_serves() const {
  std::string workers;
  for (std::uint32_t index = 0; index < settings_.threads; ++index) {
    const auto deal = loop_endpoint(settings_.fabric.endpoint, index);
    const auto steer = steer_endpoint(*deal);
    workers += (index > 0 ? ", " : "") + *deal + " and " + *steer;
  }
  std::string urls;
  std::string management;
  for (const auto& entrance : entrances_) {
    if (!entrance->is_open()) continue;
    if (entrance->spec.is_management) {
      management = "; management at " + entrance->url();
    } else {
      urls += (urls.empty() ? "" : " and ") + entrance->url();
    }
  }
  log::info("serving " + urls + "; workers come to " + workers + management);
  if (!settings_.fabric.key_file.empty() && settings_.fabric.allow_file.empty())
    log::warning("without --fabric-allow whoever knows the router's public key can be a worker, and gets requests");
}

int Router::run() {
  is_running_ = true;
  std::vector<std::thread> threads;
  for (std::size_t index = 1; index < lanes_.size(); ++index) {
    threads.emplace_back([lane = lanes_[index].get()] { lane->loop().run(); });
  }
  // Once each loop has had a turn its listeners answer.
  on_all_lanes([](Lane&) {},
               [this] {
                 certificates_->start();
                 if (coordinator_ && !is_draining_) coordinator_->begin();
               });
  lanes_.front()->loop().run();
  for (std::thread& thread : threads) thread.join();
  for (const auto& lane : lanes_) lane->flush_spans();
  if (tracing_) tracing_->finish();
  if (settings_.observe.verbose) {
    Counters sum;
    for (const auto& lane : lanes_) add(sum, lane->counters());
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
  certificates_->stop();
  port_doors_->drain();
  shared_ports_.use({});
  for (const auto& entrance : entrances_) entrance->kept.clear();  // else the addresses would still take connections
  log::info("draining: open requests end, nothing new begins");
  tell_event(Event::Kind::draining, "router", "open requests end, nothing new begins");
  Loop& first = lanes_.front()->loop();
  drain_timer_ = std::make_unique<Timer>(first, [this] { drain_timed_out(); });
  drain_timer_->set(settings_.drain_timeout);
  if (coordinator_) {
    is_signed_off_ = false;
    coordinator_->leave([this] {
      is_signed_off_ = true;
      end_if_drained();
    });
  }
  for (const auto& lane : lanes_) {
    lane->loop().post(
        [this, &first, lane = lane.get()] { lane->drain([this, &first] { first.post([this] { lane_drained(); }); }); });
  }
}

void Router::lane_drained() {
  ++drained_;
  end_if_drained();
}

void Router::end_if_drained() {
  if (drained_ < lanes_.size() || !is_signed_off_) return;
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
    lane->loop().post([lane = lane.get()] { lane->drop_all(); });
    lane->loop().stop();
  }
}

void Router::reload() {
  reopen_logs();
  log::info("SIGHUP: log files are opened anew, certificates are read again");
  for (const auto& entrance : entrances_)
    if (entrance->tls) entrance->tls->keeper().reload();
  secrets_keeper_->reload();
  if (settings_.file && read_again_ && !is_draining_) static_cast<void>(reload_sites());
  certificates_->hurry();
}

// Lines that loops still gather go to the new file, which is as good as the old one.
void Router::reopen_logs() {
  access_logs_.reopen();
  log::reopen();
}

// Only the sites change. An error changes nothing.
Result<> Router::reload_sites() {
  const auto reloaded = is_draining_ ? Result<>(not_reloaded("the router drains")) : use_file_again();
  if (reloaded) {
    ++reloads_.done;
    reloads_.last = std::chrono::system_clock::now();
    reloads_.error.clear();
    log::info("the configuration file is read again");
    tell_event(Event::Kind::reload, settings_.file->path, "the configuration file is read again");
    say_it_serves();
  } else {
    ++reloads_.failed;
    reloads_.error = reloaded.error().detail;
    log_lines(reloads_.error);
    log::error("the configuration file is not used: the router goes on as before");
    tell_event(Event::Kind::reload_failed, settings_.file ? settings_.file->path : "", reloads_.error);
  }
  return reloaded;
}

Result<> Router::use_file_again() {
  if (!settings_.file || !read_again_) return not_reloaded("the router has no configuration file (-c FILE)");
  CommandLine line = read_again_();
  for (const std::string& warning : line.warnings) log::warning(warning);
  if (!line.settings) return not_reloaded(line.error);
  line.settings->state_dir = settings_.state_dir;
  line.settings->edge = settings_.edge;  // connections of all listeners share these limits
  if (auto there = check_archives_there(*line.settings); !there) return there;
  auto plan = read_sites(*line.settings);
  if (!plan) return plan.error();
  auto coordinator = make_coordinator(*line.settings);
  if (!coordinator) return coordinator.error();
  auto adopted = adopt(std::move(*plan));
  if (adopted) {
    shown_file_ = line.shown_file;
    fingerprints_ = std::move(line.port_fingerprints);
    tell_sharers();
    use_coordinator(std::move(*coordinator));
  }
  return adopted;
}

// --- for operators

// What the loops know is not in it.
void Router::describe(Census& census) const {
  census.now = lanes_.front()->clock().wall_now();
  census.began = began_;
  census.version = ZEROWAY_VERSION;
  census.instance = instance_;
  census.loops = settings_.threads;
  census.is_draining = is_draining_;
  census.plan = plan_;
  census.circuit_count = circuits_->size();
  census.circuit_ports = port_doors_->counts();
  census.steady_now = lanes_.front()->loop().now();
  for (std::size_t index = 0; index < entrances_.size(); ++index) {
    const Entrance& entrance = *entrances_[index];
    if (!entrance.is_open()) continue;
    census.listeners.push_back({entrance.url(), index});
    if (!entrance.tls) continue;
    for (const CertificateEnd& end : entrance.tls->terms().context->ends())
      census.certificates.push_back({end.file, end.time});
  }
  count_shared(census.counters);
  census.reloads = reloads_;
  census.log.is_debug = log::is_on(log::Level::debug);
  if (log_level_until_ != Time{})
    census.log.left = std::chrono::ceil<std::chrono::seconds>(log_level_until_ - lanes_.front()->loop().now());
  census.config_file = settings_.file ? settings_.file->path : "";
  census.config = shown_file_;
}

Result<std::size_t> Router::change_servers(const Change& change) {
  const std::string& name = change.members.front();
  std::size_t met = 0;
  for (const auto& pool : parts_.pools) {
    if (!pool) continue;
    const auto weighed = change.to.weight ? pool->weigh(name, *change.to.weight) : Result<std::size_t>(std::size_t{0});
    if (!weighed) return weighed;
    const std::size_t held = change.to.held ? pool->hold(name, *change.to.held) : 0;
    met += std::max(*weighed, held);
  }
  return met;
}

// For a time: a debug log that is forgotten fills the disk.
void Router::set_log_level(const Change& change) {
  log::set_level(change.is_debug ? log::Level::debug : log::Level::info);
  const Time now = lanes_.front()->loop().now();
  log_level_until_ = now + change.time;
  if (log_level_timer_ == nullptr)
    log_level_timer_ = std::make_unique<Timer>(lanes_.front()->loop(), [this] { restore_log_level(); });
  log_level_timer_->set(std::chrono::duration_cast<Millis>(change.time));
}

void Router::restore_log_level() {
  log::set_level(settings_.observe.verbose ? log::Level::debug : log::Level::info);
  log_level_until_ = Time{};
}

struct Router::Report {
  Counters sum;
  std::vector<std::string> workers;  // a line each
};

void Router::report() { gather(0, Report{}); }

// The report goes from loop to loop, each loop adds its own counters, and then back to the first loop.
void Router::gather(std::size_t index, Report report) {
  if (index == lanes_.size()) {
    return lanes_.front()->loop().post([this, report = std::move(report)] {
      for (const std::string& line : report.workers) log::info(line);
      if (report.workers.empty()) log::info("no worker is here");
      write_counters(report.sum);
    });
  }
  lanes_[index]->loop().post([this, index, report = std::move(report)]() mutable {
    const Lane& lane = *lanes_[index];
    add(report.sum, lane.counters());
    // Each loop has workers' connections of its own.
    const std::string where = lanes_.size() == 1 ? "" : "loop " + std::to_string(index) + ": ";
    for (const MemberFacts& member : lane.members()) report.workers.push_back(where + member.text);
    gather(index + 1, std::move(report));
  });
}

void Router::write_counters(Counters sum) const {
  count_shared(sum);
  write_report(sum);
}

// What all loops share, and no loop counts.
void Router::count_shared(Counters& counters) const {
  counters.access_lines_lost = access_logs_.lost();
  if (!tracing_) return;
  counters.spans_sent = tracing_->sent();
  counters.spans_lost = tracing_->lost();
}

}  // namespace zeroway
