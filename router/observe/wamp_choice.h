// Which clients of WAMP an operator asks for.
//
// Owner: whoever asks; values.   Thread: any.
// Not here: how it is asked (admin/wamp_question.h), gathering them (router/census_walk.h).
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "router/observe/time.h"
#include "router/observe/wamp_session_facts.h"

namespace zeroway {

// Where a client is among all of the router's, in the order of their coming. It stays when others leave.
struct WampPlace {
  Time came{};
  std::size_t loop = 0;
  std::uint64_t place = 0;  // on its loop

  friend auto operator<=>(const WampPlace&, const WampPlace&) = default;
};

[[nodiscard]] inline WampPlace place_of(const WampSessionFacts& facts, std::size_t loop) {
  return {facts.came, loop, facts.place};
}

struct WampChoice {
  std::optional<std::string> realm, authid, worker;  // as WampSessionFacts have them; nothing = any
  WampPlace after{};                                 // only clients that came later
  std::size_t most = 0;

  // Whether it is for a client of this loop.
  [[nodiscard]] bool takes(const WampSessionFacts& facts, std::size_t loop) const {
    return place_of(facts, loop) > after && (!realm || *realm == facts.realm) && (!authid || *authid == facts.authid) &&
           (!worker || *worker == facts.worker);
  }
};

}  // namespace zeroway
