// Whether a member of a pool is fit to take requests: by what requests met (passive) and by what probes met (active).
//
// Owner: the pool, one for each member, outside of the loops.   Thread: any; all loops share it, without locks.
// A member without any news is fit. It must be so by requests and by probes alike.
// Not here: which member is picked (route/chooser.h); what counts as a failure, and sending probes (the backend).
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "router/route/limits.h"

namespace zeroway {

using HealthTime = std::chrono::steady_clock::time_point;

struct HealthRules {
  std::uint32_t fall = kDefaultFall;                     // failures in a row of requests until the member is out
  std::uint32_t probe_fall = 0;                          // failures in a row of probes until it is out; 0 = `fall`
  std::uint32_t rise = kDefaultRise;                     // good probes in a row until it is back
  std::chrono::milliseconds back_off = kDefaultBackOff;  // out for so long after requests failed; then one trial
};

// What a member's successor at the same address begins with after a reload.
struct HealthState {
  std::uint64_t requests = 0;
  std::uint32_t probes = 0;
  bool is_held = false;
};

class MemberHealth;

// One request's word on the member's health; the first word counts. Without any, nothing is counted: a client that
// cancels says nothing about the member. It must not outlive the MemberHealth.
class HealthTicket {
 public:
  HealthTicket(HealthTicket&& other) noexcept;
  HealthTicket& operator=(HealthTicket&& other) noexcept;
  ~HealthTicket();  // gives a trial back that has no result: the next request may be one

  void succeeded();
  void failed(HealthTime now);
  [[nodiscard]] bool is_trial() const { return is_trial_; }

 private:
  friend MemberHealth;
  HealthTicket(MemberHealth& health, bool is_trial) : health_(&health), is_trial_(is_trial) {}
  void give_back();

  MemberHealth* health_;  // nullptr once it has said its word
  bool is_trial_;
};

class MemberHealth {
 public:
  explicit MemberHealth(const HealthRules& rules, const HealthState& before = {});
  MemberHealth(const MemberHealth&) = delete;
  MemberHealth& operator=(const MemberHealth&) = delete;

  // Whether take() would give a ticket now. Changes nothing, so a choice may ask it of every member.
  [[nodiscard]] bool is_fit(HealthTime now) const;
  // For each request that is to go to the member. A member whose back_off is over gives one ticket, of the trial,
  // until that has a result. Nothing: choose another member.
  [[nodiscard]] std::optional<HealthTicket> take(HealthTime now);
  // The same when a pool would rather try a member that is out than serve nobody. Never a trial.
  [[nodiscard]] HealthTicket take_anyway() { return {*this, false}; }

  void probe_succeeded();
  void probe_failed();

  // An operator takes the member out, whatever requests and probes met, or lets it back in.
  void hold(bool is_held) { is_held_.store(is_held, std::memory_order_relaxed); }
  [[nodiscard]] bool is_held() const { return is_held_.load(std::memory_order_relaxed); }

  // A trial that is under way is due again in the successor.
  [[nodiscard]] HealthState state() const;
  // For the operator: "up", "up, 2 failures in a row", "out for 8 s", "on trial", "out by probes", "held".
  [[nodiscard]] std::string text(HealthTime now) const;

 private:
  friend HealthTicket;
  void succeeded(bool is_trial);
  void failed(bool is_trial, HealthTime now);
  void give_trial_back();
  [[nodiscard]] bool is_out_by_probes() const;
  void count_probe(bool is_good);

  const HealthRules rules_;
  std::atomic<std::uint64_t> requests_;  // member_health.cpp draws both words
  std::atomic<std::uint32_t> probes_;
  std::atomic<bool> is_held_;
};

}  // namespace zeroway
