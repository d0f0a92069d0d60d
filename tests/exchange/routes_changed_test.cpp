// Openings of WebSockets that wait for a worker while the first realm of WAMP is announced.
#include <doctest/doctest.h>

#include "router/plan/make_plan.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

// Says what it hears, with its name.
class ClaimingBackend final : public Backend {
 public:
  ClaimingBackend(Heard& heard, std::string name) : heard_(heard), name_(std::move(name)) {}

  BackendStream open(const BackendRequest& request, ReplyTo) override {
    const std::string& route = request.route.backend_name;
    say("open " + std::string(request.head.path()) + (route.empty() ? "" : " by the route to " + route));
    return {this, ++streams_};
  }
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode code) override { say("reset " + std::to_string(static_cast<unsigned>(code))); }
  void credit(StreamKey, std::uint32_t) override {}
  std::optional<std::size_t> claimed(std::string_view, std::string_view path) const override {
    return claims ? std::optional(path.size()) : std::nullopt;
  }

  bool claims = false;

 private:
  void say(const std::string& verb) { heard_.add(name_ + " " + verb); }
  Heard& heard_;
  std::string name_;
  StreamKey streams_ = 0;
};

ExchangeSettings with_realms() {
  ExchangeSettings settings;
  settings.wamp_path = "/ws";
  return settings;
}

// Without a file: workers, and sessions of WAMP at /ws once there is a realm.
struct RealmScript : Script {
  RealmScript() : Script(with_realms()) {
    const auto shared_with_test = [](Backend& one) { return std::shared_ptr<Backend>(&one, [](Backend*) {}); };
    route.plan.use(make_plan({}, settings), {shared_with_test(workers), shared_with_test(realms)});
    route.listener = route.plan.listen(0);
  }
  std::string routes_changed() {
    heard();
    if (BackendEvents* to = exchanges.find(key)) to->routes_changed();
    return heard();
  }

  ClaimingBackend workers{all, "workers"}, realms{all, "realms"};
};

}  // namespace

TEST_CASE("routes changed: the opening of a WebSocket goes to the realms that have come, once") {
  RealmScript script;
  script.ask_socket();
  CHECK(script.heard() == "workers open /ws");
  script.realms.claims = true;
  CHECK(script.routes_changed() == "workers reset 0 · realms open /ws by the route to wamp");
  CHECK(script.routes_changed().empty());
  script.reply("200", Last::no);
  CHECK(script.heard() == "c accept web socket");
}

TEST_CASE("routes changed: where nothing is another backend's, the stream keeps its place") {
  RealmScript script;
  script.ask_socket();
  CHECK(script.routes_changed().empty());
  script.realms.claims = script.workers.claims = true;
  CHECK(script.routes_changed().empty());
  script.workers.claims = false;
  script.begin(Kind::web_socket).ask_more("CONNECT", "/other");
  CHECK(script.routes_changed().empty());
}

TEST_CASE("routes changed: a WebSocket that was accepted stays with its worker") {
  RealmScript script;
  script.ask_socket().reply("200", Last::no);
  script.realms.claims = true;
  CHECK(script.routes_changed().empty());
}
