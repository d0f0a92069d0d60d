// Any text as the cookie of a permit, and as a token: nobody without the keys gets in, nothing but the cookie is taken
// out, and no place leads to another host.
#include <memory>
#include <string>

#include "router/access/permit.h"
#include "router/access/permits.h"
#include "router/exchange/cookies.h"
#include "router/exchange/setup_reply.h"
#include "router/plan/access_rules.h"
#include "router/plan/site.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

struct StillClock final : WallClock {
  [[nodiscard]] Time now() const override { return Time(std::chrono::hours(1)); }
  [[nodiscard]] WallTime wall_now() const override { return WallTime(std::chrono::seconds(784'111'777)); }
};

struct World {
  World() {
    rule.is_open = false;
    rule.tokens = SecretSpec{SecretSpec::Kind::hmac_secret, "secret", {}};
    guard.rule = &rule;
    guard.path = "/s1/a";
    Secrets secrets;
    secrets.push_back(
        {*rule.tokens, std::make_shared<const Secret>(*JwtKeys::read_secret(std::string(32, 's'), "secret", {}))});
    permits.use(std::move(secrets));
    permits.use_own_key(std::string(32, 'k'));
  }
  bool passes(const Head& head) {
    const ClientInfo info{.address = "192.0.2.1"};
    return permits
               .judge({.head = head,
                       .kind = Kind::request,
                       .rules = rules,
                       .site = site,
                       .route = nullptr,
                       .client = info,
                       .address = info.address,
                       .guard = &guard})
               .way == Verdict::Way::pass;
  }

  StillClock clock;
  PermitRule rule;
  CircuitGuard guard;
  AccessRules rules;
  Site site;
  Permits permits{clock};
};

World& world() {
  static World kWorld;
  return kWorld;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto permit = read_permit(text)) must(write_permit(*permit) == text);
  const Head with_cookie{{":method", "GET"}, {":path", "/s1/a/"}, {"cookie", text}};
  const Head with_value{{":method", "GET"}, {":path", "/s1/a/"}, {"cookie", "appproxy_permit=" + text}};
  const Head with_token{{":method", "GET"}, {":path", "/s1/a/"}, {"authorization", "Bearer " + text}};
  for (const Head* head : {&with_cookie, &with_value, &with_token}) must(!world().passes(*head));
  must(!world().permits.read(text, world().rule));
  Head bare = with_cookie;
  bare.add("cookie", "other=1");
  remove_cookies(bare, kPermitCookie);
  must(cookies_of(bare, kPermitCookie).empty() && cookies_of(bare, "other").back() == "1");
  for (const char* prefix : {"", "/s1/a"}) {
    const auto place = place_below(prefix, text);
    if (!place) continue;
    must(place->starts_with(std::string(prefix) + "/") && !place->starts_with("//"));
    must(place->find_first_of("\\\r\n\t #") == std::string::npos);
  }
  return 0;
}
