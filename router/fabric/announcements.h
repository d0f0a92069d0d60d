// What workers announce by name: services of sessions, and realms of WAMP. Each is a pool of its own, whose workers
// agree about it.
//
// Owner: Claims.   Thread: one loop.
// Pure. An announcement that lost its last worker is remembered until forget_old(). Not here: the streams of such a
// pool (router/fabric/placement.h), which of its workers is picked (router/fabric/pools.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/serializer.h"
#include "router/fabric/roster.h"
#include "router/observe/time.h"
#include "router/route/by_text.h"

namespace zeroway {

class Announcements {
 public:
  // Counts a worker that announces something and does not leave. True when it is the first one of its pool.
  bool add(Worker& worker);
  // How a worker goes: by its own word, or because it was lost and may come back.
  enum class Going : std::uint8_t { withdrawn, lost };
  // True when it was the last one of its pool. A worker that is not counted is none.
  bool remove(Worker& worker, Going going, Time now);

  // Whether a worker announces the pool, or did so until it was lost a short time ago.
  [[nodiscard]] bool has(std::string_view pool) const { return pools_.contains(pool); }
  [[nodiscard]] bool has_workers(std::string_view pool) const;
  // The same for any realm.
  [[nodiscard]] bool has_realms() const { return realms_ > 0; }
  // Whether the workers of an app speak TCP.
  [[nodiscard]] bool is_tcp(std::string_view pool) const;
  // What all workers of a realm speak; also of those that were lost a short time ago. Without any, everything.
  [[nodiscard]] SerializerSet serializers(std::string_view pool) const;
  // Whether the worker's realm is exclusive and another worker has it.
  [[nodiscard]] bool rests(const Worker& worker) const;
  // How `hello` disagrees with the other workers of its pool: what is wrong with it; "" when nothing is. `sender`: who
  // sends it, null = nobody who is known.
  [[nodiscard]] std::string disagreement(const Hello& hello, const Worker* sender) const;

  // Forgets what has had no worker for so long, and returns the names.
  std::vector<std::string> forget_old(Time now, std::chrono::nanoseconds memory);
  void lost_time(std::chrono::nanoseconds lost);

 private:
  struct Pool {
    std::vector<const Worker*> workers{};
    std::string protocol{};       // of an app
    SerializerSet serializers{};  // of a realm: what all its workers speak
    bool is_realm = false;
    Time empty_since{};  // with no worker: when the last one was lost
  };

  ByText<Pool> pools_;
  std::size_t realms_ = 0;  // of these pools
};

}  // namespace zeroway
