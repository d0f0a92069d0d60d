#include "router/circuits/lane_circuits.h"

#include <random>
#include <utility>

#include "router/backends/mixed_backend.h"
#include "router/backends/servers_backend.h"
#include "router/backends/tunnel_backend.h"

namespace zeroway {

void LaneCircuits::update(const CircuitUpdate& update) {
  ++version_;
  are_named_ = true;
  for (const auto& circuit : update) {
    if (circuit->spec == nullptr) {
      remove(circuit->path);
    } else {
      use(circuit);
    }
  }
}

void LaneCircuits::use(const std::shared_ptr<const ServedCircuit>& circuit) {
  Entry& entry = entries_[circuit->path];
  const auto before = std::exchange(entry.circuit, circuit);
  if (before && before->pool != circuit->pool) retire(entry);
  if (before) forget_names(*before);
  if (!circuit->spec->subdomain.empty()) subdomains_[circuit->spec->subdomain] = circuit->path;
  ids_[circuit->spec->id] = circuit->path;
  if (checks_ == Checks::yes) check(circuit->path, circuit->pool);
}

void LaneCircuits::remove(const std::string& path) {
  const auto found = entries_.find(path);
  if (found == entries_.end()) return;
  forget_names(*found->second.circuit);
  retire(found->second);
  entries_.erase(found);
  watched_.erase(path);
}

// Another circuit may have them by now.
void LaneCircuits::forget_names(const ServedCircuit& circuit) {
  const auto forget = [&](ByText<std::string>& names, const std::string& name) {
    const auto found = names.find(name);
    if (found != names.end() && found->second == circuit.path) names.erase(found);
  };
  forget(subdomains_, circuit.spec->subdomain);
  forget(ids_, circuit.spec->id);
}

void LaneCircuits::retire(std::shared_ptr<Backend> backend) {
  if (backend) retired_.push_back(std::move(backend));
}

void LaneCircuits::retire(Entry& entry) {
  forget_tunnel(entry.circuit->path);
  retire(std::exchange(entry.joint, nullptr));
  retire(std::exchange(entry.servers, nullptr));
}

void LaneCircuits::forget_tunnel(std::string_view path) {
  const auto found = tunnels_.find(path);
  if (found == tunnels_.end()) return;
  retire(std::move(found->second.web_sockets));
  tunnels_.erase(found);
}

void LaneCircuits::use_port(const std::string& path, std::uint16_t port) {
  if (port == 0) {
    ports_.erase(path);
  } else {
    ports_[path] = port;
  }
}

std::uint16_t LaneCircuits::port_of(std::string_view path) const {
  const auto found = ports_.find(path);
  return found == ports_.end() ? std::uint16_t{0} : found->second;
}

void LaneCircuits::check(const std::string& path, const std::shared_ptr<ServersPool>& pool) {
  if (!pool || !pool->spec().health.is_active) {
    watched_.erase(path);
    return;
  }
  Watched& watched = watched_[path];
  if (watched.pool == pool) return;
  watched.checks = std::make_unique<HealthChecks>(loop_, pool, dialer_, std::random_device()());
  watched.pool = pool;
}

// Those of workers end without a record that goes.
void LaneCircuits::forget_tunnels() {
  if (std::exchange(swept_, circuits_version()) == circuits_version()) return;
  std::erase_if(tunnels_, [this](auto& one) {
    const bool is_gone = presence(one.first) == Presence::unknown;
    if (is_gone) retire(std::move(one.second.web_sockets));
    return is_gone;
  });
}

void LaneCircuits::sweep() {
  forget_tunnels();
  std::erase_if(retired_, [](const auto& backend) { return backend.use_count() == 1; });
}

void LaneCircuits::wait_for_circuits(bool is_waiting) {
  are_named_ = true;
  is_waiting_ = is_waiting;
}

LaneCircuits::Presence LaneCircuits::presence(std::string_view path) const {
  if (entries_.contains(path)) return Presence::announced;
  const Presence of_workers = workers_.presence(path);
  const bool is_late = is_waiting_ || (are_named_ && loop_.now() >= grace_ends_);
  return of_workers == Presence::expected && is_late ? Presence::unknown : of_workers;
}

bool LaneCircuits::is_tcp(std::string_view path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end()) return workers_.is_tcp(path);
  return found->second.circuit->spec->protocol == CircuitSpec::Protocol::tcp;
}

std::shared_ptr<Backend> LaneCircuits::backend_of(const std::string& path) {
  if (is_tcp(path)) return web_sockets_to(path, pool_of(path));
  forget_tunnel(path);
  return pool_of(path);
}

std::shared_ptr<Backend> LaneCircuits::tunnels_of(const std::string& path) { return pool_of(path); }

std::shared_ptr<Backend> LaneCircuits::web_sockets_to(const std::string& path, std::shared_ptr<Backend> pool) {
  Tunnel& tunnel = tunnels_[path];
  if (tunnel.pool != pool) {
    retire(std::exchange(tunnel.web_sockets, std::make_shared<TunnelBackend>(loop_, pool)));
    tunnel.pool = std::move(pool);
  }
  return tunnel.web_sockets;
}

std::shared_ptr<Backend> LaneCircuits::pool_of(const std::string& path) {
  const auto found = entries_.find(path);
  return found == entries_.end() ? workers_.backend_of(path) : pool_of(found->second);
}

std::shared_ptr<Backend> LaneCircuits::pool_of(Entry& entry) {
  const std::string& path = entry.circuit->path;
  if (!entry.circuit->pool) return workers_.backend_of(path);
  if (!entry.servers) entry.servers = std::make_shared<ServersBackend>(loop_, entry.circuit->pool, dialer_);
  if (workers_.presence(path) != Presence::announced) {
    retire(std::exchange(entry.joint, nullptr));
    return entry.servers;
  }
  if (!entry.joint) entry.joint = make_joint(*entry.circuit, entry.servers);
  return entry.joint;
}

std::shared_ptr<Backend> LaneCircuits::make_joint(const ServedCircuit& circuit, std::shared_ptr<Backend> servers) {
  MixedSpec spec;
  spec.servers = circuit.pool->spec();
  spec.workers.push_back({.group = {circuit.path}});
  return std::make_shared<MixedBackend>(
      spec, std::vector<std::shared_ptr<Backend>>{std::move(servers), workers_.backend_of(circuit.path)});
}

std::shared_ptr<const CircuitSpec> LaneCircuits::spec_of(std::string_view path) const {
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : found->second.circuit->spec;
}

std::string_view LaneCircuits::path_of_id(std::string_view id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view LaneCircuits::path_of_subdomain(std::string_view label) const {
  const auto found = subdomains_.find(label);
  return found == subdomains_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace zeroway
