// Picks the part of a mixed pool that takes the next request. A part is all servers of the pool, or all workers of one
// group; the part itself picks the server or the worker.
//
// Owner: one loop's backend of the pool.   Thread: that loop, so each loop has a turn of its own.
// Pure. Not here: members of a part (route/chooser.h, route/balance.h), how parts are (router/exchange/backend.h:
// Room).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/route/balance.h"
#include "router/route/balance_method.h"

namespace zeroway {

struct Part {
  std::string name;          // hashes take it, so that a key stays with a part
  std::uint32_t weight = 1;  // of all its members together; 0 = no traffic
};

// How a part is now.
struct PartState {
  // The best that one of its members has. A full active member comes before a free one on standby.
  enum class Room : std::uint8_t { nobody, paused, standby_full, standby, full, free };

  Room room = Room::free;
  std::uint32_t open = 0;  // requests
};

class PartChooser {
 public:
  // At least one part has weight.
  PartChooser(BalanceMethod method, const std::vector<Part>& parts);

  // `states`: one for each part, in order. The parts with the best room take turns, nobody's comes last; `avoided`,
  // which has just failed the request, comes behind that. `key` is what ip_hash and hash go by; an empty key goes in
  // turn. No allocation.
  [[nodiscard]] std::size_t pick(std::string_view key, std::span<const PartState> states,
                                 std::optional<std::size_t> avoided);

 private:
  [[nodiscard]] bool allow(std::span<const PartState> states, std::optional<std::size_t> avoided,
                           PartState::Room least);
  [[nodiscard]] std::size_t pick_allowed(std::string_view key);

  const BalanceMethod method_;
  std::vector<Candidate> candidates_;  // `usable`: allowed for this request
  std::size_t rotation_ = 0;
};

}  // namespace zeroway
