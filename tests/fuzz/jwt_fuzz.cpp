// Any text as a token: nothing that is read passes the keys without their signature, and each claim makes a field that
// a head can have, or none.
#include <string>
#include <string_view>

#include "proto/head_rules.h"
#include "router/access/jwt_claims.h"
#include "router/access/jwt_keys.h"
#include "router/access/jwt_token.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

const JwtKeys& keys() {
  static const JwtKeys kKeys = *JwtKeys::read_secret("a secret that no input of a fuzzer is signed with", "k", {});
  return kKeys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_jwt({reinterpret_cast<const char*>(data), size});
  if (!read) {
    must(!read.error().detail.empty());
    return 0;
  }
  must(read->algorithm != nullptr && !read->signature.empty() && read->claims.kind == Node::Kind::table);
  must(!keys().check(*read).has_value());
  JwtRule rule;
  rule.issuers = {"a"};
  rule.audiences = {"b"};
  rule.wanted = {{"scope", {"c"}}, {"a.b.c", {"d"}}};
  static_cast<void>(check_claims(read->claims, rule, Seconds(1'000)));
  static_cast<void>(missing_claim(read->claims, rule));
  for (const Node& claim : read->claims.children)
    if (const auto field = field_of(claim)) must(is_field_value(*field));
  return 0;
}
