#include "router/route/member_health.h"

#include <algorithm>
#include <utility>

namespace zeroway {

namespace {

using std::chrono::milliseconds;

//          `fall` failures in a row            back_off is over, one request takes the trial
//   ┌────┐ ───────────────────────▶ ┌─────┐ ─────────────────────────────▶ ┌───────┐
//   │ in │                          │ out │ ◀───────────────────────────── │ trial │
//   └────┘ ◀──────────┐             └─────┘  the trial failed: twice the   └───────┘
//                     │                      back_off; or has no result        │
//                     └─────────────────────────── the trial succeeded ───────┘
//
// Only the trial decides about a member that is out: requests from before may still succeed on a process that is
// going, or fail late and double the back_off of one that is back.
enum class Standing : std::uint8_t { in, out, trial };

// All in one word, so that no loop ever sees half of a change:
//   63            24 23      18 17    16 15         0
//   | until (ms)    | doublings | standing | failures |
struct Requests {
  std::uint64_t until = 0;      // of out: ms of the monotonic clock, 40 bits are 34 years
  std::uint32_t doublings = 0;  // of back_off
  Standing standing = Standing::in;
  std::uint32_t failures = 0;  // of in: in a row

  [[nodiscard]] std::uint64_t packed() const {
    return until << 24 | std::uint64_t{doublings} << 18 | static_cast<std::uint64_t>(standing) << 16 | failures;
  }
  static Requests unpacked(std::uint64_t word) {
    return {word >> 24, static_cast<std::uint32_t>(word >> 18 & 0x3f), static_cast<Standing>(word >> 16 & 3),
            static_cast<std::uint32_t>(word & 0xffff)};
  }
};

// 31: out;   30 … 0: results in a row that contradict this.
constexpr std::uint32_t kOut = std::uint32_t{1} << 31;

std::uint64_t ms_of(HealthTime time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count());
}

milliseconds back_off(const HealthRules& rules, std::uint32_t doublings) {
  const milliseconds longest = std::max(kLongestBackOff, rules.back_off);
  milliseconds wait = rules.back_off;
  for (std::uint32_t i = 0; i < doublings && wait < longest; ++i) wait *= 2;
  return std::min(wait, longest);
}

Requests put_out(const HealthRules& rules, std::uint32_t doublings, HealthTime now) {
  return {ms_of(now + back_off(rules, doublings)), doublings, Standing::out, 0};
}

Requests after_failure(const Requests& seen, const HealthRules& rules, bool is_trial, HealthTime now) {
  if (is_trial) return put_out(rules, std::min(seen.doublings + 1, kMostDoublings), now);
  if (seen.standing != Standing::in) return seen;
  Requests next = seen;
  if (++next.failures >= rules.fall) return put_out(rules, 0, now);
  return next;
}

Requests after_success(const Requests& seen, bool is_trial) {
  return is_trial || seen.standing == Standing::in ? Requests{} : seen;
}

bool is_due(const Requests& requests, HealthTime now) {
  return requests.standing == Standing::out && ms_of(now) >= requests.until;
}

// Puts change(what is there) in its place; writes nothing when that is the same, as for a success of a healthy member.
template <class Change>
void replace(std::atomic<std::uint64_t>& word, Change change) {
  std::uint64_t seen = word.load(std::memory_order_relaxed);
  for (std::uint64_t next = change(Requests::unpacked(seen)).packed(); next != seen;
       next = change(Requests::unpacked(seen)).packed()) {
    if (word.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return;
  }
}

HealthRules within_bounds(HealthRules rules) {
  rules.fall = std::clamp(rules.fall, 1U, kMaxStreak);
  rules.probe_fall = rules.probe_fall == 0 ? rules.fall : std::min(rules.probe_fall, kMaxStreak);
  rules.rise = std::clamp(rules.rise, 1U, kMaxStreak);
  rules.back_off = std::max(rules.back_off, milliseconds(1));
  return rules;
}

}  // namespace

HealthTicket::HealthTicket(HealthTicket&& other) noexcept
    : health_(std::exchange(other.health_, nullptr)), is_trial_(other.is_trial_) {}

HealthTicket& HealthTicket::operator=(HealthTicket&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  health_ = std::exchange(other.health_, nullptr);
  is_trial_ = other.is_trial_;
  return *this;
}

HealthTicket::~HealthTicket() { give_back(); }

void HealthTicket::give_back() {
  if (health_ != nullptr && is_trial_) health_->give_trial_back();
  health_ = nullptr;
}

void HealthTicket::succeeded() {
  if (MemberHealth* health = std::exchange(health_, nullptr)) health->succeeded(is_trial_);
}

void HealthTicket::failed(HealthTime now) {
  if (MemberHealth* health = std::exchange(health_, nullptr)) health->failed(is_trial_, now);
}

MemberHealth::MemberHealth(const HealthRules& rules, const HealthState& before)
    : rules_(within_bounds(rules)), requests_(before.requests), probes_(before.probes), is_held_(before.is_held) {}

bool MemberHealth::is_fit(HealthTime now) const {
  const auto requests = Requests::unpacked(requests_.load(std::memory_order_relaxed));
  return !is_held() && !is_out_by_probes() && (requests.standing == Standing::in || is_due(requests, now));
}

std::optional<HealthTicket> MemberHealth::take(HealthTime now) {
  if (is_held() || is_out_by_probes()) return std::nullopt;
  std::uint64_t seen = requests_.load(std::memory_order_relaxed);
  while (true) {
    Requests requests = Requests::unpacked(seen);
    if (requests.standing == Standing::in) return HealthTicket(*this, false);
    if (!is_due(requests, now)) return std::nullopt;
    requests.standing = Standing::trial;
    if (requests_.compare_exchange_weak(seen, requests.packed(), std::memory_order_relaxed))
      return HealthTicket(*this, true);
  }
}

void MemberHealth::succeeded(bool is_trial) {
  replace(requests_, [is_trial](const Requests& seen) { return after_success(seen, is_trial); });
}

void MemberHealth::failed(bool is_trial, HealthTime now) {
  replace(requests_, [&](const Requests& seen) { return after_failure(seen, rules_, is_trial, now); });
}

// Due as before: the time is over already.
void MemberHealth::give_trial_back() {
  replace(requests_, [](Requests seen) {
    seen.standing = Standing::out;
    return seen;
  });
}

bool MemberHealth::is_out_by_probes() const { return (probes_.load(std::memory_order_relaxed) & kOut) != 0; }

void MemberHealth::probe_succeeded() { count_probe(true); }
void MemberHealth::probe_failed() { count_probe(false); }

void MemberHealth::count_probe(bool is_good) {
  std::uint32_t seen = probes_.load(std::memory_order_relaxed), next = 0;
  do {
    const bool is_out = (seen & kOut) != 0;
    const std::uint32_t streak = (seen & ~kOut) + 1;
    next = seen & kOut;                     // a result that agrees ends the streak
    if (is_out == is_good) next |= streak;  // one that contradicts counts
    if (is_out && is_good && streak >= rules_.rise) next = 0;
    if (!is_out && !is_good && streak >= rules_.probe_fall) next = kOut;
  } while (!probes_.compare_exchange_weak(seen, next, std::memory_order_relaxed));
}

HealthState MemberHealth::state() const {
  Requests requests = Requests::unpacked(requests_.load(std::memory_order_relaxed));
  if (requests.standing == Standing::trial) requests.standing = Standing::out;
  return {requests.packed(), probes_.load(std::memory_order_relaxed), is_held()};
}

std::string MemberHealth::text(HealthTime now) const {
  const auto requests = Requests::unpacked(requests_.load(std::memory_order_relaxed));
  if (is_held()) return "held";
  if (is_out_by_probes()) return "out by probes";
  if (requests.standing == Standing::trial) return "on trial";
  if (is_due(requests, now)) return "out, the next request is a trial";
  if (requests.standing == Standing::out)
    return "out for " + std::to_string((requests.until - ms_of(now) + 999) / 1'000) + " s";
  return requests.failures == 0 ? "up" : "up, " + std::to_string(requests.failures) + " failures in a row";
}

}  // namespace zeroway
