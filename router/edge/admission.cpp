#include "router/edge/admission.h"

#include <algorithm>

#include "router/observe/counters.h"

namespace zeroway {

Admission::Admission(Loop& loop, const HttpLimits& limits, const Exchanges& exchanges, Counters& counters)
    : loop_(loop), limits_(limits), exchanges_(exchanges), counters_(counters) {
  if (limits.max_connections_per_address > 0) addresses_.emplace(limits.max_connections_per_address);
  if (limits.connection_rate_per_address > 0) rates_.emplace(limits.connection_rate_per_address);
}

void Admission::join(Gate& gate) {
  gates_.push_back(&gate);
  if (connections_ >= limits_.max_connections) gate.pause();
}

void Admission::leave(Gate& gate) { gates_.erase(std::find(gates_.begin(), gates_.end(), &gate)); }

bool Admission::enters(const std::string& address) {
  if (!may_enter(address)) return false;
  ++counters_.connections_accepted;
  ++counters_.connections_open;
  if (++connections_ == limits_.max_connections)
    for (Gate* gate : gates_) gate->pause();
  return true;
}

void Admission::left(const std::string& address) {
  --counters_.connections_open;
  if (addresses_ && !exchanges_.trusts(address)) addresses_->leave(address);
  if (connections_-- == limits_.max_connections)
    for (Gate* gate : gates_) gate->resume();
}

bool Admission::may_enter(const std::string& address) {
  if (!rates_ && !addresses_) return true;
  if (exchanges_.trusts(address)) return true;
  if (rates_ && !admits(address, rates_->enter(address, loop_.now()), counters_.connections_too_fast,
                        limits_.connection_rate_per_address, "new connections in a second")) {
    return false;
  }
  return !addresses_ || admits(address, addresses_->enter(address, loop_.now()), counters_.connections_refused,
                               limits_.max_connections_per_address, "connections");
}

bool Admission::admits(const std::string& address, Entry entry, std::uint64_t& refused, std::size_t most,
                       std::string_view what) {
  if (entry == Entry::yes) return true;
  ++refused;
  if (entry == Entry::no_and_tell) {
    complaints_.write(loop_.now(), "client " + address + ": more than " + std::to_string(most) + " " +
                                       std::string(what) + ", further ones are closed (told once a minute)");
  }
  return false;
}

}  // namespace zeroway
