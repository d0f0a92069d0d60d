#include "router/exchange/opening_patience.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/exchange/one_route.h"
#include "tests/exchange/script.h"
#include "tests/plan/plan_text.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

std::string site_at_8080(const std::string& host, const std::string& routes) {
  return "[[sites]]\nname = \"" + host + "\"\nhostname = \"" + host + "\"\nport = 8080\n" + proxy_text() + routes;
}

std::string wamp_at(const std::string& path, const std::string& time) {
  return "[[sites.proxy.routes]]\npath = \"" + path +
         "\"\nwamp = true\n[sites.proxy.routes.websocket_settings]\nopen_handshake_timeout = \"" + time + "\"\n";
}

Millis patience(const std::string& file, std::string_view target) {
  Heard heard;
  FakeBackend backend(heard);
  ExchangeSettings settings;
  OneRoute route(settings, backend);
  route.use(plan_of(file), backend);
  return opening_patience(route.listener, target, Security::none);
}

}  // namespace

TEST_CASE("opening patience: the time of the path's route when the path is WAMP's, and nothing at others") {
  const std::string pool = server_text("web", "http://127.0.0.1:8081");
  const std::string file =
      site_at_8080("a.test", pool + wamp_at("/ws", "2s") + wamp_at("/slow", "0") + route_text("/", "web"));
  CHECK(patience(file, "/ws") == 2s);
  CHECK(patience(file, "/ws/below?a=b") == 2s);
  CHECK(patience(file, "/slow") == 0s);
  CHECK(patience(file, "/") == 0s);
  CHECK(patience(file, "/wsx") == 0s);
  CHECK(patience(file, "*") == 0s);
}

TEST_CASE("opening patience: before Host has come, every site of the listener has a say") {
  const std::string one = site_at_8080("a.test", wamp_at("/ws", "2s") + wamp_at("/one", "2s"));
  const std::string other = site_at_8080("b.test", wamp_at("/ws", "3s"));
  CHECK(patience(one + other, "/ws") == 3s);
  CHECK(patience(one + other, "/one") == 0s);
  CHECK(patience(one + site_at_8080("b.test", wamp_at("/ws", "0")), "/ws") == 0s);
}
