// Any text as a key set, a PEM file and a secret: keys are read, or the error says why not.
#include <string>
#include <string_view>

#include "router/access/jwt_keys.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = JwtKeys::read_set(text, "f", {});
  must(set ? set->size() > 0 : !set.error().detail.empty());
  const auto pem = JwtKeys::read_pem(text, "f", {});
  must(pem ? pem->size() == 1 : !pem.error().detail.empty());
  const auto secret = JwtKeys::read_secret(text, "f", {"HS512"});
  must(secret ? secret->size() == 1 : !secret.error().detail.empty());
  return 0;
}
