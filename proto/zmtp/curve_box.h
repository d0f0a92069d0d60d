// The boxes of CURVE (ZeroMQ RFC 26): two sides agree on a key (X25519), boxes are closed and opened with it (XSalsa20,
// Poly1305). The only place that sees libsodium.
//
//     box: tag (16)  encrypted bytes            nonce: prefix (16)  counter (8), or prefix (8)  random (16)
//
// Owner: the mechanism.   Thread: the session's.
// Not here: what is in a box, and which counter is next (curve_traffic.h). Secrets are wiped when they are destroyed.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/zmtp/curve_keys.h"

namespace zeroway {

inline constexpr std::size_t kCurveTag = 16;
inline constexpr std::size_t kCurveCounter = 8;
inline constexpr std::size_t kCurveRandomNonce = 16;

class CurveNonce {
 public:
  // `prefix`: 16 characters.
  CurveNonce(std::string_view prefix, std::uint64_t counter);
  // `prefix`: 8 characters. `random`: 16 bytes.
  CurveNonce(std::string_view prefix, Bytes random);

  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<std::uint8_t, 24> bytes_;
};

// The key pair that one side makes for one connection.
class CurvePair {
 public:
  CurvePair() = default;
  CurvePair(const CurvePair&) = delete;
  CurvePair& operator=(const CurvePair&) = delete;
  ~CurvePair() { wipe(); }

  void make();
  void wipe();
  [[nodiscard]] const CurveKey& public_key() const { return public_; }
  [[nodiscard]] const CurveKey& secret_key() const { return secret_; }

 private:
  CurveKey public_{}, secret_{};
};

class CurveBox {
 public:
  CurveBox() = default;
  CurveBox(const CurveBox&) = delete;
  CurveBox& operator=(const CurveBox&) = delete;
  ~CurveBox() { wipe(); }

  // Agrees on the key: one side's public and the other side's secret key, either way round. The slow part of CURVE.
  // False when `public_key` is none that a secret key has.
  [[nodiscard]] bool agree(const CurveKey& public_key, const CurveKey& secret_key);
  void wipe();

  // `out` ends with kCurveTag bytes of room and the plain bytes, from `at` on: they become a box where they are.
  void close(const CurveNonce& nonce, std::string& out, std::size_t at) const;
  // False when the box was not closed with this key and nonce. `plain`: kCurveTag bytes fewer than `box`, which has at
  // least as many.
  [[nodiscard]] bool open(const CurveNonce& nonce, Bytes box, std::span<std::uint8_t> plain) const;

 private:
  std::array<std::uint8_t, 32> key_{};
};

// `bytes`: 32 of them.
[[nodiscard]] CurveKey read_curve_key(Bytes bytes);
// Appends bytes that nobody can guess.
void append_curve_random(std::string& out, std::size_t size);
// Takes as long for bytes that differ at once as for bytes that differ late.
[[nodiscard]] bool is_same_curve_secret(Bytes one, Bytes other);

}  // namespace zeroway
