// Unpredictable bytes for the client role of WebSocket: keys of handshakes and masks of frames (RFC 6455 §4.1, §5.3).
//
// Owner: whoever makes client codecs keeps one per loop.   Thread: one at a time.
// Not here: the random numbers of timers and balancing, which may be predictable.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace zeroway {

class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

// The kernel's random numbers, taken many at a time: a mask costs no system call.
class SystemRandomness final : public Randomness {
 public:
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::array<std::uint8_t, 256> pool_{};
  std::size_t left_ = 0;
};

}  // namespace zeroway
