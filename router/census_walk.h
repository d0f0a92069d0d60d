// Gathers what one loop knows for a census, a slice in each turn: a thousand workers and a thousand routes are texts of
// a megabyte, and clients must not wait for them.
//
//     counters, requests, streams ─▶ workers, some at a time ─▶ servers, a backend at a time ─▶ tallies, some at a time
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
  // `lane` outlives the walk.
  CensusWalk(Lane& lane, CensusScope scope) : lane_(lane), scope_(scope) {}

  // Gathers the next slice. False: it was the last one.
  [[nodiscard]] bool step();
  [[nodiscard]] LaneCensus& gathered() { return gathered_; }

 private:
  enum class Stage : std::uint8_t { begin, workers, servers, tallies };

  void take_workers();
  void take_servers();
  [[nodiscard]] bool take_tallies();

  Lane& lane_;
  const CensusScope scope_;
  LaneCensus gathered_;
  Stage stage_ = Stage::begin;
  WorkerKey last_worker_ = 0;
  std::shared_ptr<const Plan> plan_;  // whose backends are told
  std::size_t next_backend_ = 0;
  std::optional<TallyName> last_tally_;
};

}  // namespace zeroway
