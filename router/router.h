// The router as a whole: builds every loop with all its objects, runs the loops, and ends them in order.
//
// Owner: main, or a test.   Thread: the first loop runs on the thread that calls run(), each other loop on its own
// thread.
// SIGTERM and SIGINT drain, a second one ends at once; SIGHUP opens the logs again, reads certificates and the
// configuration file; SIGUSR1 writes the counters. Not here: the work of any room; this is the only file that knows all
// rooms.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/access/secrets.h"
#include "router/acme/certificate_keeper.h"
#include "router/circuits/circuit_store.h"
#include "router/exchange/circuit_use.h"
#include "router/lane.h"
#include "router/net/shared_ports.h"
#include "router/observe/log_files.h"
#include "router/operator_desk.h"
#include "router/settings/command_line.h"
#include "router/settings/settings.h"

namespace zeroway {

struct Counters;
class HashPool;
class PortDoors;
struct ListenerSpec;
struct ListenTerms;
struct Plan;
class SecretsKeeper;
class RouterCoordinator;
class Signals;
class StapleStore;
class Timer;
class Tracing;

// Reads the settings anew. Without settings in the result, `error` says why.
using ReadSettings = std::function<CommandLine()>;

class Router : private CertificateUsers {
 public:
  // `read_again` reads the command line and its file anew, for a reload.
  // `shown_file`, `fingerprints`: see CommandLine.
  explicit Router(Settings settings, ReadSettings read_again = {},
                  std::shared_ptr<const std::string> shown_file = nullptr, PortFingerprints fingerprints = {});
  ~Router() override;

  // Binds the fabric's endpoints and the listeners of the plan. The error names what cannot be bound.
  [[nodiscard]] Result<> open();
  // Serves until the router is drained, or until its drain timeout has passed: returns 0. Returns 1 after a second
  // signal to end.
  [[nodiscard]] int run();

 private:
  struct Entrance;  // a listener that is open on all loops

  [[nodiscard]] Result<> open_tracing();
  [[nodiscard]] Result<> open_lanes();
  void open_circuits();
  void open_port_doors();
  void change_circuits(const CircuitChange& change, CircuitStore::Done done);
  [[nodiscard]] std::shared_ptr<const CircuitList> list_circuits() const;
  [[nodiscard]] Result<std::unique_ptr<RouterCoordinator>> make_coordinator(const Settings& settings);
  void use_coordinator(std::unique_ptr<RouterCoordinator> next);
  void wait_for_circuits(bool is_waiting);
  [[nodiscard]] Result<> adopt(std::shared_ptr<const Plan> plan);
  void tell_sharers();
  [[nodiscard]] Result<SharedParts> make_parts(const Plan& plan);
  [[nodiscard]] std::string cookie_key_of(const Plan& plan);
  [[nodiscard]] Result<SharedPools> make_pools(const Plan& plan) const;
  [[nodiscard]] Result<std::shared_ptr<const Plan>> read_plan(const Settings& settings) const;
  [[nodiscard]] Result<std::shared_ptr<const Plan>> read_sites(const Settings& settings) const;
  [[nodiscard]] Result<std::unique_ptr<Entrance>> make_entrance(const ListenerSpec& spec);
  [[nodiscard]] bool take_over(Entrance& entrance) const;
  static void use_terms(const Entrance& entrance, const ListenTerms& before);
  [[nodiscard]] Result<> bind(Entrance& entrance);
  [[nodiscard]] Result<> bind_unix(Entrance& entrance);
  [[nodiscard]] Result<> open_tls(Entrance& entrance);
  [[nodiscard]] std::vector<DoorChange> doors_of(std::size_t lane);
  void describe(Census& census) const;
  [[nodiscard]] Result<std::size_t> change_servers(const Change& change);
  void set_log_level(const Change& change);
  void restore_log_level();
  void renewed(const CertificateSpec& spec) override;
  void answer(std::shared_ptr<const OpenChallenges> open, std::function<void()> done) override;
  void answer_by_tls(const OpenChallenges* open);
  void on_all_lanes(const std::function<void(Lane&)>& task, std::function<void()> done);
  void use_secrets(const Secrets& secrets);
  void on_lane(Lane& lane, std::function<void()> task);
  void say_it_serves() const;
  void signal(int number);
  void drain();
  void lane_drained();
  void end_if_drained();
  void drain_timed_out();
  void stop();
  void reload();
  void reopen_logs();
  [[nodiscard]] Result<> reload_sites();
  [[nodiscard]] Result<> use_file_again();
  void report();
  void write_counters(Counters sum) const;
  void count_shared(Counters& counters) const;
  struct Report;
  void gather(std::size_t index, Report report);

  ReadSettings read_again_;
  Settings settings_;  // not changed once open() has begun
  LogFiles access_logs_;
  std::unique_ptr<Tracing> tracing_;  // none when the file has no [tracing]
  const MimeTypes types_;
  const std::unique_ptr<HashPool> hashes_;  // ends before the lanes
  std::string instance_;                    // as WELCOME names the router
  WallTime began_{};
  ReloadFacts reloads_;
  std::shared_ptr<const std::string> shown_file_;  // of the plan in use
  PortFingerprints fingerprints_;                  // the same
  SharedPorts shared_ports_;
  OperatorDesk desk_;
  CircuitUses circuit_uses_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<PortDoors> port_doors_;
  std::unique_ptr<CircuitStore> circuits_;
  std::unique_ptr<RouterCoordinator> coordinator_;                     // none when the file names none
  std::vector<std::unique_ptr<RouterCoordinator>> left_coordinators_;  // of files before: they sign off
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<SecretsKeeper> secrets_keeper_;
  std::unique_ptr<Timer> drain_timer_;
  std::unique_ptr<Timer> log_level_timer_;
  Time log_level_until_{};                               // Time{} = the level is that of the settings
  std::unique_ptr<StapleStore> staples_;                 // outlives the entrances
  std::unique_ptr<CertificateKeeper> certificates_;      // also when no site wants one: a reload may bring such a site
  std::shared_ptr<const TlsChallenges> tls_challenges_;  // null = none is open
  std::vector<std::unique_ptr<Entrance>> entrances_;     // in the order of the plan's listeners
  std::shared_ptr<const Plan> plan_;                     // in use, or being told to the lanes
  std::string sticky_key_;                               // its own, for plans that name none; "" = not needed yet
  SharedParts parts_;                                    // of plan_
  std::uint64_t last_door_ = 0;
  std::size_t drained_ = 0;
  bool is_signed_off_ = true;  // no coordinator has to be told that the router ends
  bool is_running_ = false;
  bool is_draining_ = false;
  int exit_code_ = 0;
};

}  // namespace zeroway
