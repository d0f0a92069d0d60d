// Which staples there are after what responders have said.
#include "router/stapling/stapler.h"

#include "router/stapling/limits.h"
#include "tests/backends/servers_bench.h"
#include "tests/net/ocsp_bench.h"
#include "tests/support/folder.h"
#include "tests/support/run_until.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

struct SystemClock final : WallClock {
  [[nodiscard]] Time now() const override { return Clock::now(); }
  [[nodiscard]] WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

struct Stapling {
  explicit Stapling(const std::string& state_dir = "") : store(state_dir, clock.wall_now()) { make(); }
  void make() {
    stapler = std::make_unique<Stapler>(loop, dialer, clock, store, 7, [this](std::shared_ptr<const TlsStaples> now) {
      told = std::move(now);
      ++times;
    });
  }
  void use(const std::vector<const Signed*>& certificates) {
    std::vector<OcspQuestion> questions;
    for (const Signed* one : certificates) questions.push_back(*ask_about(one->identity));
    stapler->use(questions);
  }
  void turn() {
    loop.stop();
    loop.run();
  }
  bool turn_until(const std::function<bool()>& is_so) { return run_until(loop, is_so, std::chrono::seconds(60)); }
  // The responder of the oldest question answers.
  void answer(const std::string& status, const std::string& content) {
    REQUIRE(turn_until([this] { return !dialer.dials.empty(); }));
    auto server = std::make_shared<ServerEnd>();
    const auto done = dialer.dials.front()->done;
    done(DialedOrigin{std::make_unique<ScriptedConnection>(server), std::make_unique<H1ClientCodec>(codecs)});
    turn();
    server->say("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content);
    turn();
    CHECK(server->is_destroyed);
  }
  [[nodiscard]] bool has(const Signed& one) const {
    return told && told->find(certificate_digest(one.identity->certificate.get()), clock.wall_now()) != nullptr;
  }

  Loop loop;
  ScriptedDialer dialer;
  ClientCodecSettings codecs;
  SystemClock clock;
  StapleStore store;
  std::shared_ptr<const TlsStaples> told;
  int times = 0;
  std::unique_ptr<Stapler> stapler;
};

}  // namespace

TEST_CASE("stapler: a good answer is told with all others, and a certificate that stays is not asked about again") {
  const Signed one, other;
  Stapling s;
  s.use({&one});
  s.answer("200 OK", one.answer({}));
  CHECK(s.has(one));
  s.use({&one, &other});
  s.answer("200 OK", other.answer({}));
  CHECK(s.has(one));
  CHECK(s.has(other));
  s.use({&other, &one});
  s.turn();
  CHECK(s.dialer.dials.empty());
  CHECK(s.dialer.count == 2);
}

TEST_CASE("stapler: an answer that is none changes nothing") {
  const Signed one;
  for (const std::string& answer : {one.answer({.verdict = V_OCSP_CERTSTATUS_REVOKED}), std::string("nonsense")}) {
    Stapling s;
    s.use({&one});
    s.answer("200 OK", answer);
    CHECK(s.times == 0);
    s.use({&one});
    s.turn();
    CHECK(s.dialer.count == 1);  // the next question comes later
  }
}

TEST_CASE("stapler: nobody is asked any more about a certificate that has gone") {
  const Signed one;
  Stapling s;
  s.use({&one});
  REQUIRE(s.turn_until([&] { return !s.dialer.dials.empty(); }));
  s.use({});
  CHECK(s.dialer.dials.empty());
}

TEST_CASE("stapler: a staple outlives the stapler of a listener that a reload has changed, and its responder rests") {
  const Signed one;
  Stapling s;
  s.use({&one});
  s.answer("200 OK", one.answer({.until = 10 * kHour}));
  s.told.reset();
  s.make();
  s.use({&one});
  CHECK(s.has(one));
  s.turn();
  CHECK(s.dialer.count == 1);
}

TEST_CASE("stapler: a staple outlives the process where there is a state directory, and is due at half of its time") {
  const Signed one;
  const Folder state;
  {
    Stapling before(state.path(""));
    before.use({&one});
    before.answer("200 OK", one.answer({.until = 10 * kHour}));
  }
  Stapling s(state.path(""));
  s.use({&one});
  CHECK(s.has(one));
  CHECK(s.times == 1);
  s.turn();
  CHECK(s.dialer.count == 0);
  s.store.put(certificate_digest(one.identity->certificate.get()), one.answer({.from = -10 * kHour}));
  Stapling late(state.path(""));
  late.use({&one});
  CHECK(late.has(one));
  REQUIRE(late.turn_until([&] { return !late.dialer.dials.empty(); }));
}

TEST_CASE("stapler: what is kept and no good answer is none, and an old file goes") {
  const Signed one;
  const Folder state;
  const std::string digest = certificate_digest(one.identity->certificate.get());
  StapleStore store(state.path(""), std::chrono::system_clock::now());
  const std::string revoked = one.answer({.verdict = V_OCSP_CERTSTATUS_REVOKED});
  for (const std::string& kept : {one.answer({.from = -2 * kHour, .until = -kHour}), revoked, std::string("half")}) {
    store.put(digest, kept);
    Stapling s(state.path(""));
    s.use({&one});
    CHECK(s.times == 0);
    REQUIRE(s.turn_until([&] { return !s.dialer.dials.empty(); }));
  }
  CHECK(StapleStore(state.path(""), std::chrono::system_clock::now()).find(digest) == "half");
  CHECK(StapleStore(state.path(""), std::chrono::system_clock::now() + kMostStapleAge + 1h).find(digest) == "");
  CHECK(StapleStore(state.path("none"), {}).find(digest) == "");
}
