// Requests on the sites of a file whose clients stay with a member: what the backend is asked, and which cookie the
// reply sets.
#include "router/exchange/stickiness.h"

#include <doctest/doctest.h>

#include "router/exchange/cookies.h"
#include "tests/exchange/site_script.h"

namespace zeroway {

namespace {

// Texts that a test can read.
class PlainSeal final : public MemberSeal {
 public:
  std::string seal(std::string_view identity) const override { return "is-" + std::string(identity); }
  std::optional<std::string> open(std::string_view text) override {
    if (!text.starts_with("is-")) return std::nullopt;
    return std::string(text.substr(3));
  }
};

std::string site_with(const std::string& balance, const std::string& in_route = "", const std::string& path = "/") {
  return site_text() + proxy_text() + "[sites.proxy.load_balancing]\n" + balance +
         server_text("a", "http://127.0.0.1:1") + route_text(path, "a", in_route);
}

struct StickyScript : SiteScript {
  explicit StickyScript(const std::string& text) : SiteScript(text) { exchanges.keep_clients_by(seal); }

  // What the reply of `who` sets; "" = nothing.
  std::string cookie_from(std::string_view who, std::string_view path = "/", const Head& more = {}) {
    client.seen.clear();
    get(path, more);
    accept(who).reply("200", Last::yes).reply_end();
    heard();
    return told("set-cookie");
  }
  [[nodiscard]] std::string wanted() const {
    std::string text;
    for (const std::string& member : backend.affinity.members) text += member + "|";
    return text;
  }

  PlainSeal seal;
};

}  // namespace

TEST_CASE("cookies: all of a name are found, in order, and removed with none of the others") {
  Head head{{":path", "/"}, {"cookie", "a=1; b=2;a=3"}, {"x", "y"}, {"cookie", "ab=4; a=; a"}};
  CHECK(cookies_of(head, "a") == std::vector<std::string_view>{"1", "3", ""});
  remove_cookies(head, "a");
  CHECK(head.find("cookie") == "b=2; ab=4");
  CHECK(head.count("cookie") == 1);
  remove_cookies(head, "b");
  remove_cookies(head, "ab");
  CHECK(!head.has("cookie"));
}

TEST_CASE("sticky: the reply names who answered, until the request does") {
  StickyScript s(site_with("sticky_sessions = true\n"));
  CHECK(s.cookie_from("w1") == "ZRAFF=is-w1; Path=/; HttpOnly; SameSite=Lax|");
  CHECK(s.wanted().empty());
  CHECK(s.cookie_from("w1", "/", {{"cookie", "ZRAFF=is-w1"}}).empty());
  CHECK(s.wanted() == "w1|");
}

TEST_CASE(
    "sticky: another one that answered is named, and so is who answered a request with a cookie that is unknown") {
  StickyScript s(site_with("sticky_sessions = \"cookie\"\n"));
  CHECK(s.cookie_from("w2", "/", {{"cookie", "ZRAFF=is-w1"}}) == "ZRAFF=is-w2; Path=/; HttpOnly; SameSite=Lax|");
  CHECK(s.cookie_from("w2", "/", {{"cookie", "ZRAFF=forged"}}) == "ZRAFF=is-w2; Path=/; HttpOnly; SameSite=Lax|");
  CHECK(s.wanted().empty());
}

TEST_CASE("sticky: the cookie is of the one that answered in the end") {
  StickyScript s(site_with("sticky_sessions = true\n"));
  s.get("/", {{"cookie", "ZRAFF=is-w1"}});
  s.accept("w1").fail(lost());
  CHECK(s.wanted() == "w1|");
  s.accept("w2").reply("200", Last::yes).reply_end();
  CHECK(s.told("set-cookie") == "ZRAFF=is-w2; Path=/; HttpOnly; SameSite=Lax|");
}

TEST_CASE("sticky: backends never see the router's cookie, and see all others") {
  StickyScript s(site_with("sticky_sessions = true\nsticky_cookie = \"route\"\n") +
                 route_text("/plain", "a", "sticky_sessions = false\n"));
  s.cookie_from("w1", "/", {{"cookie", "sid=1; route=is-w1; x=2"}});
  CHECK(s.sent("cookie") == "sid=1; x=2|");
  s.cookie_from("w1", "/", {{"cookie", "route=is-w1"}});
  CHECK(s.sent("cookie").empty());
  CHECK(s.cookie_from("w1", "/plain", {{"cookie", "route=is-w1; y=3"}}).empty());
  CHECK(s.sent("cookie") == "y=3|");
  CHECK(s.wanted().empty());
}

TEST_CASE("sticky: of several cookies the first one that is known counts, and at most four are read") {
  StickyScript s(site_with("sticky_sessions = true\n"));
  CHECK(s.cookie_from("w2", "/", {{"cookie", "ZRAFF=no; ZRAFF=is-w1; ZRAFF=is-w2"}}).empty());
  CHECK(s.wanted() == "w1|w2|");
  s.cookie_from("w", "/", {{"cookie", "ZRAFF=is-1; ZRAFF=is-2; ZRAFF=is-3; ZRAFF=is-4; ZRAFF=is-5"}});
  CHECK(s.wanted() == "1|2|3|4|");
}

TEST_CASE("sticky: the cookie is for the route's path, and only for TLS when it came by TLS") {
  StickyScript s(
      site_with("sticky_sessions = true\nsticky_same_site = \"strict\"\nsticky_max_age = \"2m\"\n", "", "/app/"));
  CHECK(s.cookie_from("w1", "/app/x") == "ZRAFF=is-w1; Path=/app/; HttpOnly; SameSite=Strict; Max-Age=120|");
  s.info.is_tls = true;
  CHECK(s.cookie_from("w1", "/app/x") == "ZRAFF=is-w1; Path=/app/; HttpOnly; SameSite=Strict; Max-Age=120; Secure|");
  // It ends after a time, so each reply begins that time anew.
  CHECK(s.cookie_from("w1", "/app/x", {{"cookie", "ZRAFF=is-w1"}}) ==
        "ZRAFF=is-w1; Path=/app/; HttpOnly; SameSite=Strict; Max-Age=120; Secure|");
}

TEST_CASE("sticky: a trusted proxy that took the TLS off says so, and nobody else can") {
  StickyScript s("[requests]\ntrusted_proxies = [\"192.0.2.1\"]\n" + site_with("sticky_sessions = true\n"));
  CHECK(s.cookie_from("w1", "/", {{"x-forwarded-proto", "https"}}).ends_with("; Secure|"));
  CHECK_FALSE(s.cookie_from("w1").ends_with("; Secure|"));
  s.info.address = "192.0.2.2";
  CHECK_FALSE(s.cookie_from("w1", "/", {{"x-forwarded-proto", "https"}}).ends_with("; Secure|"));
}

TEST_CASE("sticky: by the client's address, as trusted proxies tell it, and by a field, without a cookie") {
  StickyScript by_address("[requests]\ntrusted_proxies = [\"192.0.2.1\"]\n" +
                          site_with("sticky_sessions = \"address\"\n"));
  CHECK(by_address.cookie_from("w1", "/", {{"x-forwarded-for", "198.51.100.7"}}).empty());
  CHECK(by_address.backend.affinity.key == "198.51.100.7");
  StickyScript by_field(site_with("sticky_sessions = \"header:X-User\"\n"));
  CHECK(by_field.cookie_from("w1", "/", {{"x-user", "ann"}, {"cookie", "ZRAFF=is-w1"}}).empty());
  CHECK(by_field.backend.affinity.key == "ann");
  CHECK(by_field.wanted().empty());
  CHECK(by_field.sent("cookie") == "ZRAFF=is-w1|");  // not ours here
}

TEST_CASE("sticky: a WebSocket is bound as a request is") {
  StickyScript s(site_with("sticky_sessions = true\n", "websocket = true\n"));
  s.get("/", {{":method", "CONNECT"}, {":protocol", "websocket"}, {"cookie", "ZRAFF=is-w3"}}, Kind::web_socket);
  CHECK(s.wanted() == "w3|");
  s.accept("w4").reply("200");
  CHECK(s.told("set-cookie") == "ZRAFF=is-w4; Path=/; HttpOnly; SameSite=Lax|");
}

TEST_CASE("sticky: the router's own replies bind nobody, and neither does an interim reply") {
  StickyScript s(site_with("sticky_sessions = true\n"));
  s.get("/").fail(no_backend());
  CHECK(s.client.seen.status() == 503);
  CHECK(s.told("set-cookie").empty());
  s.get("/").accept("w1").reply("103");
  CHECK(s.told("set-cookie").empty());
}

TEST_CASE("sticky: without the key, requests go to any member") {
  SiteScript s(site_with("sticky_sessions = false\n"));
  s.get("/", {{"cookie", "ZRAFF=is-w1"}}).accept("w1").reply("200", Last::yes).reply_end();
  CHECK(s.told("set-cookie").empty());
  CHECK(!s.backend.has_affinity);
  CHECK(s.sent("cookie") == "ZRAFF=is-w1|");
}

}  // namespace zeroway
