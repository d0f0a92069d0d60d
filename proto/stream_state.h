// The legal order of a stream's verbs in one direction.
//
//            interim head            data
//              ┌──┐                  ┌──┐
//     start ───┴──┴── head ──▶ open ─┴──┴── end, or head with END_STREAM ──▶ ended
//       └──────────────── reset at any time ────────────────────────────────▶ ended
//
// Owner: a stream keeps two, one per direction.   Thread: the loop of that stream.
// Not here: credit (proto/window.h); which fields a head may hold (proto/head_rules.h).
#pragma once
#include <cstdint>

namespace zeroway {

class StreamState {
 public:
  enum class Phase : std::uint8_t { start, open, ended };

  // Each returns whether the verb is legal now, and changes the state when it is.
  [[nodiscard]] bool interim();
  [[nodiscard]] bool head();
  [[nodiscard]] bool data() const { return phase_ == Phase::open; }
  [[nodiscard]] bool end();
  void reset() { phase_ = Phase::ended; }

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] bool has_started() const { return phase_ != Phase::start; }
  [[nodiscard]] bool has_ended() const { return phase_ == Phase::ended; }

 private:
  Phase phase_ = Phase::start;
};

}  // namespace zeroway
