// Which steer connection each routing id means, and the connections that came with the id of another one. The older one
// is asked: it keeps the id while it answers. Until that is decided, the messages of the newer one are held.
//
//     newer one came ──▶ the older one is asked ─┬─ a sign of life ──▶ the newer one goes
//                                                └─ none in kIdentityPatience, or it ended ──▶ the newer one has the id
//
// Owner: LoopWire.   Thread: one loop.
// Pure: no sockets, no clock. Not here: ending connections (router/fabric/loop_wire.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "proto/bytes.h"
#include "router/observe/time.h"

namespace zeroway {

class LoopPeer;

class RoutingIds {
 public:
  struct Rival {
    LoopPeer* peer = nullptr;
    Time since{};
    std::vector<std::string> held{};  // its messages, in order
    std::size_t held_bytes = 0;
  };
  enum class Claim : std::uint8_t {
    taken,    // the id is the peer's
    waits,    // another connection has the id, and is to be asked
    refused,  // another connection waits for the id already
  };

  [[nodiscard]] Claim claim(LoopPeer& peer, const std::string& id, Time now);
  // The connection that messages to `id` go to; nullptr when there is none.
  [[nodiscard]] LoopPeer* find(std::string_view id) const;
  // The peer has no claim to `id` any more.
  void leave(const LoopPeer& peer, const std::string& id);

  // The peer's wait for its id; nullptr when it does not wait. Good until the rivals change.
  [[nodiscard]] Rival* find_rival(const LoopPeer& peer);
  [[nodiscard]] std::vector<Rival>& rivals() { return rivals_; }
  // Takes out the rivals for which `is_wanted` returns true.
  template <class Predicate>
  [[nodiscard]] std::vector<Rival> take_rivals(Predicate is_wanted) {
    std::vector<Rival> taken;
    std::erase_if(rivals_, [&](Rival& rival) {
      if (!is_wanted(rival)) return false;
      taken.push_back(std::move(rival));
      return true;
    });
    return taken;
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  boost::unordered_flat_map<std::string, LoopPeer*, TextHash, std::equal_to<>> peers_;
  std::vector<Rival> rivals_;
};

}  // namespace zeroway
