// The circuits of one loop: those that were put, with their backends, and those that workers announce.
//
//     servers and workers of one session's service ── one pool: MixedBackend ──▶ both
//     the same, of TCP: WebSockets ── TunnelBackend ──▶ the pool
//
// Owner: Lane.   Thread: one loop.
// A backend is made when the first request asks for it. One that is no longer wanted is kept until its last request is
// over, and destroyed by sweep(): never inside one of its own verbs.
// Not here: the records (circuits/circuit_store.h), finding a circuit (exchange/circuits.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/backends/health_checks.h"
#include "router/backends/origin_dialer.h"
#include "router/circuits/served_circuit.h"
#include "router/exchange/circuit_source.h"
#include "router/net/loop.h"
#include "router/route/by_text.h"

namespace zeroway {

class LaneCircuits final : public CircuitSource {
 public:
  // `workers` and `dialer` outlive this. `grace`: so long after the start of the router workers may come that it does
  // not know yet. Behind that, where circuits are named, one that nobody has named is unknown at once.
  LaneCircuits(Loop& loop, CircuitSource& workers, OriginDialer& dialer, std::chrono::milliseconds grace, Checks checks)
      : loop_(loop), workers_(workers), dialer_(dialer), grace_ends_(loop.now() + grace), checks_(checks) {}

  void update(const CircuitUpdate& update);
  // Whether a coordinator's circuits are still to come. Until then nobody waits for the workers of a service: it may be
  // one of the coordinator's.
  void wait_for_circuits(bool is_waiting);
  // The port that the circuit has from now on; 0 = none.
  void use_port(const std::string& path, std::uint16_t port);
  // Destroys backends that nobody needs any more. Never to be called from a verb.
  void sweep();

  // CircuitSource
  [[nodiscard]] Presence presence(std::string_view path) const override;
  [[nodiscard]] std::shared_ptr<Backend> backend_of(const std::string& path) override;
  [[nodiscard]] bool is_tcp(std::string_view path) const override;
  [[nodiscard]] std::shared_ptr<Backend> tunnels_of(const std::string& path) override;
  [[nodiscard]] std::uint16_t port_of(std::string_view path) const override;
  [[nodiscard]] std::shared_ptr<const CircuitSpec> spec_of(std::string_view path) const override;
  [[nodiscard]] std::string_view path_of_subdomain(std::string_view label) const override;
  [[nodiscard]] std::string_view path_of_id(std::string_view id) const override;
  [[nodiscard]] bool is_waiting_for_circuits() const override { return is_waiting_; }
  [[nodiscard]] std::uint64_t circuits_version() const override { return version_ + workers_.circuits_version(); }

 private:
  struct Entry {
    std::shared_ptr<const ServedCircuit> circuit;
    // Null until a request comes.
    std::shared_ptr<Backend> servers;
    std::shared_ptr<Backend> joint;  // of servers and workers, while workers announce the same service
  };

  // Of a circuit that speaks TCP.
  struct Tunnel {
    std::shared_ptr<Backend> web_sockets;  // that carry the bytes of tunnels
    std::shared_ptr<Backend> pool;         // to whom these tunnels lead
  };

  // Of a pool with active health checks.
  struct Watched {
    std::shared_ptr<ServersPool> pool;
    std::unique_ptr<HealthChecks> checks;
  };

  void use(const std::shared_ptr<const ServedCircuit>& circuit);
  void remove(const std::string& path);
  void forget_names(const ServedCircuit& circuit);
  void retire(std::shared_ptr<Backend> backend);
  void check(const std::string& path, const std::shared_ptr<ServersPool>& pool);
  [[nodiscard]] std::shared_ptr<Backend> pool_of(const std::string& path);
  [[nodiscard]] std::shared_ptr<Backend> pool_of(Entry& entry);
  [[nodiscard]] std::shared_ptr<Backend> web_sockets_to(const std::string& path, std::shared_ptr<Backend> pool);
  void forget_tunnel(std::string_view path);
  void forget_tunnels();
  [[nodiscard]] std::shared_ptr<Backend> make_joint(const ServedCircuit& circuit, std::shared_ptr<Backend> servers);
  void retire(Entry& entry);

  Loop& loop_;
  CircuitSource& workers_;
  OriginDialer& dialer_;
  const Time grace_ends_;
  const Checks checks_;
  bool are_named_ = false;          // a circuit was named once
  ByText<Entry> entries_;           // by path
  ByText<Tunnel> tunnels_;          // the same
  ByText<std::uint16_t> ports_;     // the same
  ByText<std::string> subdomains_;  // to paths
  ByText<std::string> ids_;         // the same
  std::uint64_t version_ = 1;
  std::uint64_t swept_ = 0;  // circuits_version() at the last sweep
  bool is_waiting_ = false;
  std::vector<std::shared_ptr<Backend>> retired_;
  ByText<Watched> watched_;  // by path
};

}  // namespace zeroway
