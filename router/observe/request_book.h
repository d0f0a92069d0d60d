// The requests of one loop that an operator asks about first: those that failed last, and the slowest of the last
// minutes.
//
// Owner: the loop's lane; exchanges tell it of requests that are over.   Thread: that loop; copies are for any.
// A request is kept as the JSON of its access log line, with who ended it and the attempts before the last one.
// Not here: what is told of a request (exchange/exchange_record.h), who reads it (router/admin).
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/observe/request_log.h"
#include "router/observe/time.h"

namespace zeroway {

// An attempt that failed, after which the request was opened again.
struct LostAttempt {
  std::string member;  // the worker or the server; "" = nobody took it
  std::chrono::microseconds queue_time{}, backend_time{};
  std::string_view reason;  // an error's name
};

struct KeptRequest {
  WallTime ended{};
  std::chrono::microseconds total_time{};
  std::string json;
};

class RequestBook {
 public:
  // What is to be told of a request that is over.
  struct Note {
    const RequestRecord& record;
    std::string_view ended_by;  // "client", "router" or "backend"
    std::span<const LostAttempt> lost;
  };

  // Whether note() would keep a request; asked first, as a note costs more. `is_timed`: no WebSocket, which lasts as
  // long as its ends wish.
  [[nodiscard]] bool wants(bool has_failed, bool is_timed, std::chrono::microseconds total, Time now);
  void note(const Note& note, bool has_failed, bool is_timed);

  // The newest first.
  [[nodiscard]] std::vector<KeptRequest> failed() const;
  // Those of this period and of the period before, the slowest first.
  [[nodiscard]] std::vector<KeptRequest> slow() const;

 private:
  // The slowest requests of a period: a heap with the fastest of them in front.
  using Slowest = std::vector<KeptRequest>;

  void next_period(Time now);
  [[nodiscard]] bool is_slow(std::chrono::microseconds total) const;
  [[nodiscard]] KeptRequest kept(const Note& note);

  LineWriter writer_;
  std::vector<KeptRequest> failed_;  // a ring: the oldest is at `oldest_` once it is full
  std::size_t oldest_ = 0;
  std::array<Slowest, 2> slowest_;  // of this period, and of the one before
  Time period_began_{};
};

// The newest of all loops, or the slowest: at most `most`.
[[nodiscard]] std::vector<KeptRequest> newest_of(std::vector<KeptRequest> requests, std::size_t most);
[[nodiscard]] std::vector<KeptRequest> slowest_of(std::vector<KeptRequest> requests, std::size_t most);

}  // namespace zeroway
