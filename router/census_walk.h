// Gathers what one loop knows for a census, a slice in each turn: a thousand workers and a thousand routes are texts of
// a megabyte, and clients must not wait for them.
//
//     counters, requests, streams ─▶ clients of WAMP ─▶ workers, some at a time ─▶ servers, a backend at a time ─▶
//     tallies, some at a time
//
// Owner: OperatorDesk, for one visit.   Thread: the loop of the lane.
// What comes or goes between two slices is in the census or is not. Not here: the loops in turn
// (router/operator_desk.h).
#pragma once
#include <cstddef>
#include <optional>

#include "router/admin/census.h"
#include "router/fabric/membership.h"

namespace zeroway {

class Lane;

class CensusWalk {
 public:
  // `lane` outlives the walk; `number` is the lane's.
  CensusWalk(Lane& lane, std::size_t number, const CensusQuestion& question)
      : lane_(lane), number_(number), question_(question) {}

  // Gathers the next slice. False: it was the last one.
  [[nodiscard]] bool step();
  [[nodiscard]] LaneCensus& gathered() { return gathered_; }

 private:
  enum class Stage : std::uint8_t { begin, wamp, workers, servers, tallies };

  void take_wamp();
  void take_workers();
  void take_servers();
  [[nodiscard]] bool take_tallies();

  Lane& lane_;
  const std::size_t number_;
  const CensusQuestion question_;
  LaneCensus gathered_;
  Stage stage_ = Stage::begin;
  std::uint64_t last_client_ = 0;  // of WAMP
  WorkerKey last_worker_ = 0;
  std::shared_ptr<const Plan> plan_;  // whose backends are told
  std::size_t next_backend_ = 0;
  std::optional<TallyName> last_tally_;
};

}  // namespace zeroway
