// Key pairs for tests of CURVE. The keys are fixed: they protect nothing.
#pragma once
#include <sodium.h>

#include "proto/zmtp/curve_keys.h"

namespace zeroway::test {

// The pair whose secret key is 32 times `seed`.
inline CurveKeys curve_pair(std::uint8_t seed) {
  CurveKeys keys;
  keys.own_secret.fill(seed);
  static_cast<void>(crypto_scalarmult_base(keys.own_public.data(), keys.own_secret.data()));
  return keys;
}

inline CurveKeys curve_server_keys() { return curve_pair(1); }

// A client that knows the server above.
inline CurveKeys curve_client_keys() {
  CurveKeys keys = curve_pair(2);
  keys.server = curve_server_keys().own_public;
  return keys;
}

}  // namespace zeroway::test
