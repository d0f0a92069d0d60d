// How much a circuit is used: how many requests are open, how many there were, when it was used last.
//
// Owner: CircuitUses, and every circuit on every loop.   Thread: any.
// An open WebSocket is a request that is open: its circuit is in use. Requests for paths that the circuit does not
// count as use (CircuitSpec::idle_ignores) are counted as requests, and change nothing else.
// Not here: the numbers of routes and sites (observe/request_tally.h).
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "router/observe/time.h"

namespace zeroway {

class CircuitUse {
 public:
  // Whether a request is use of its circuit: what begins as one ends as one.
  enum class Counts : bool { no, yes };

  void begin(Time now, Counts counts = Counts::yes) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    open_.fetch_add(1, std::memory_order_relaxed);
    if (counts == Counts::no) return;
    in_use_.fetch_add(1, std::memory_order_relaxed);
    note(now);
  }
  void end(Time now, Counts counts = Counts::yes) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    if (counts == Counts::no) return;
    in_use_.fetch_sub(1, std::memory_order_relaxed);
    note(now);
  }

  [[nodiscard]] std::uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t open() const { return open_.load(std::memory_order_relaxed); }
  // Whether a request is open that is use.
  [[nodiscard]] bool is_in_use() const { return in_use_.load(std::memory_order_relaxed) > 0; }
  // When the last request that is use began or ended; Time{} = there was none.
  [[nodiscard]] Time last() const { return Time(Time::duration(last_.load(std::memory_order_relaxed))); }

 private:
  void note(Time now) { last_.store(now.time_since_epoch().count(), std::memory_order_relaxed); }

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint32_t> open_{0};
  std::atomic<std::uint32_t> in_use_{0};
  std::atomic<Time::rep> last_{0};
};

// The uses of all circuits of the process, by path. It has a mutex, held to find one: a loop asks when it makes a
// circuit, not for each request.
class CircuitUses {
 public:
  [[nodiscard]] std::shared_ptr<CircuitUse> of(const std::string& path) {
    const std::lock_guard lock(mutex_);
    auto& use = uses_[path];
    if (!use) use = std::make_shared<CircuitUse>();
    return use;
  }
  // Null when the circuit was never made.
  [[nodiscard]] std::shared_ptr<const CircuitUse> find(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = uses_.find(path);
    return found == uses_.end() ? nullptr : found->second;
  }
  // Of a circuit that is gone. Requests that are open there are counted no more.
  void forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    uses_.erase(path);
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::shared_ptr<const CircuitUse>>> all() const {
    const std::lock_guard lock(mutex_);
    return {uses_.begin(), uses_.end()};
  }
  // Forgets those that nobody has any more: of workers' circuits that are gone.
  void forget_unused() {
    const std::lock_guard lock(mutex_);
    std::erase_if(uses_, [](const auto& one) { return one.second.use_count() == 1; });
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<CircuitUse>> uses_;
};

}  // namespace zeroway
