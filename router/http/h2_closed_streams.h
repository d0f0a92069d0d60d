// The streams of an HTTP/2 connection that are not open, as far as the rules of RFC 9113 §5.1 need them.
//
//     id:   1 … last: opened once, or left out      above last: idle
//
// Owner: H2Codec keeps one.   Thread: the connection's loop.
// The last kRememberedResets streams that this side reset are remembered: frames that the client had sent before it
// received the RST_STREAM may still arrive, and are ignored: of DATA as many bytes as the streams' windows could hold,
// because no window of them is opened again. Nothing is remembered of streams that ended well.
// Not here: open streams (h2_codec.h).
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "proto/limits.h"
#include "router/http/limits.h"

namespace zeroway {

class H2ClosedStreams {
 public:
  // The client opened stream `id`. The ids that it jumped over can never be used.
  void opened(std::uint32_t id) {
    if (id > last_ + 2) keep(gaps_, {last_ + 1, id - 1}, next_gap_, kRememberedGaps);
    last_ = std::max(last_, id);
  }
  void reset_by_us(std::uint32_t id) {
    keep(resets_, id, next_reset_, kRememberedResets);
    late_room_ += kStreamWindow;
  }
  // DATA of so many bytes came for a stream that this side has reset. False: no honest client has sent it.
  [[nodiscard]] bool takes_late(std::size_t bytes) {
    if (bytes > late_room_) return false;
    late_room_ -= bytes;
    return true;
  }

  [[nodiscard]] bool is_idle(std::uint32_t id) const { return id > last_; }
  [[nodiscard]] bool was_reset_by_us(std::uint32_t id) const {
    return std::find(resets_.begin(), resets_.end(), id) != resets_.end();
  }
  [[nodiscard]] bool was_left_out(std::uint32_t id) const {
    return std::any_of(gaps_.begin(), gaps_.end(),
                       [id](const auto& gap) { return gap.first <= id && id <= gap.second; });
  }

 private:
  // Replaces the oldest entry when there are `most` entries.
  template <class T>
  static void keep(std::vector<T>& all, T one, std::size_t& next, std::size_t most) {
    if (all.size() < most) return all.push_back(one);
    all[next] = one;
    next = (next + 1) % most;
  }

  std::uint32_t last_ = 0;
  std::uint64_t late_room_ = 0;  // bytes of DATA that may still come for all streams that were reset
  std::vector<std::uint32_t> resets_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> gaps_;
  std::size_t next_reset_ = 0;
  std::size_t next_gap_ = 0;
};

}  // namespace zeroway
