#include "proto/zmtp/curve_box.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>

namespace zeroway {
namespace {

static_assert(kCurveTag == crypto_box_MACBYTES);

std::uint8_t* bytes_of(std::string& text, std::size_t at) { return reinterpret_cast<std::uint8_t*>(text.data()) + at; }

// libsodium chooses its code for this processor here; without it, it is several times slower.
void prepare() {
  static const int prepared = sodium_init();
  assert(prepared >= 0);
  static_cast<void>(prepared);
}

}  // namespace

CurveNonce::CurveNonce(std::string_view prefix, std::uint64_t counter) {
  assert(prefix.size() + kCurveCounter == bytes_.size());
  std::uint8_t* at = std::copy(prefix.begin(), prefix.end(), bytes_.data());
  for (int shift = 56; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(counter >> shift);
}

CurveNonce::CurveNonce(std::string_view prefix, Bytes random) {
  assert(prefix.size() + random.size() == bytes_.size());
  std::copy(random.begin(), random.end(), std::copy(prefix.begin(), prefix.end(), bytes_.data()));
}

void CurvePair::make() {
  prepare();
  crypto_box_keypair(public_.data(), secret_.data());
}

void CurvePair::wipe() { sodium_memzero(secret_.data(), secret_.size()); }

bool CurveBox::agree(const CurveKey& public_key, const CurveKey& secret_key) {
  prepare();
  return crypto_box_beforenm(key_.data(), public_key.data(), secret_key.data()) == 0;
}

void CurveBox::wipe() { sodium_memzero(key_.data(), key_.size()); }

void CurveBox::close(const CurveNonce& nonce, std::string& out, std::size_t at) const {
  std::uint8_t* tag = bytes_of(out, at);
  std::uint8_t* plain = tag + kCurveTag;
  crypto_box_detached_afternm(plain, tag, plain, out.size() - at - kCurveTag, nonce.data(), key_.data());
}

bool CurveBox::open(const CurveNonce& nonce, Bytes box, std::span<std::uint8_t> plain) const {
  assert(plain.size() + kCurveTag == box.size());
  return crypto_box_open_easy_afternm(plain.data(), box.data(), box.size(), nonce.data(), key_.data()) == 0;
}

CurveKey read_curve_key(Bytes bytes) {
  CurveKey key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

void append_curve_random(std::string& out, std::size_t size) {
  prepare();
  out.resize(out.size() + size);
  randombytes_buf(bytes_of(out, out.size() - size), size);
}

bool is_same_curve_secret(Bytes one, Bytes other) {
  return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace zeroway
