#include "router/wamp/session_state.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "router/wamp/message_type.h"

using namespace zeroway;

namespace {

using Stage = SessionState::Stage;

// Runs a script of messages, `c1 b2` = type 1 of the client and type 2 of the backend. Returns the stage at the end, or
// the first message that is a violation.
std::string run(const std::string& script) {
  constexpr const char* kNames[] = {"expecting", "opening", "open", "closing", "over"};
  SessionState state;
  std::istringstream words(script);
  for (std::string word; words >> word;) {
    const std::uint64_t type = std::stoul(word.substr(1));
    const auto before = state.stage();
    const auto verdict = word[0] == 'c' ? state.from_client(type) : state.from_backend(type);
    if (verdict == SessionState::Verdict::violation) return state.stage() == before ? word + " is wrong" : "moved";
  }
  return kNames[static_cast<int>(state.stage())];
}

}  // namespace

TEST_CASE("session: HELLO opens it, WELCOME makes it open, also behind a challenge") {
  CHECK(run("") == "expecting");
  CHECK(run("c1") == "opening");
  CHECK(run("c1 b2") == "open");
  CHECK(run("c1 b4 c5 b4 c5 b2") == "open");
  CHECK(run("c1 b2 c48 b50 c16 b36 c1000 b400") == "open");
}

TEST_CASE("session: HELLO comes first, and once") {
  for (const char* first : {"c48", "c6", "c5", "c2", "c32", "c1000"})
    CHECK(run(first) == std::string(first) + " is wrong");
  CHECK(run("c1 c1") == "c1 is wrong");
  CHECK(run("c1 b2 c1") == "c1 is wrong");
  CHECK(run("c1 b2 c6 c1") == "c1 is wrong");
}

TEST_CASE("session: before WELCOME only what opens it passes, and behind it nothing of that") {
  for (const char* early : {"c48", "c6", "c16"})
    CHECK(run(std::string("c1 ") + early) == std::string(early) + " is wrong");
  for (const char* early : {"b1", "b6", "b36", "b50"})
    CHECK(run(std::string("c1 ") + early) == std::string(early) + " is wrong");
  for (const char* late : {"c5", "c2", "c4"})
    CHECK(run(std::string("c1 b2 ") + late) == std::string(late) + " is wrong");
  for (const char* late : {"b2", "b4", "b1", "b5"})
    CHECK(run(std::string("c1 b2 ") + late) == std::string(late) + " is wrong");
}

TEST_CASE("session: two GOODBYEs end it, whoever begins, and another may begin") {
  CHECK(run("c1 b2 c6") == "closing");
  CHECK(run("c1 b2 c6 b36 b6") == "expecting");
  CHECK(run("c1 b2 b6 c48 c6") == "expecting");
  CHECK(run("c1 b2 c6 b6 c1 b2") == "open");
  CHECK(run("c1 b2 c6 c6") == "c6 is wrong");
  CHECK(run("c1 b2 b6 b6") == "b6 is wrong");
  CHECK(run("c1 b2 c6 b6 b36") == "b36 is wrong");
}

TEST_CASE("session: ABORT of either side ends it at once") {
  CHECK(run("c3") == "over");
  CHECK(run("c1 c3") == "over");
  CHECK(run("c1 b3") == "over");
  CHECK(run("c1 b4 b3") == "over");
  CHECK(run("c1 b2 c3") == "over");
  CHECK(run("c1 b2 b3") == "over");
  CHECK(run("c1 b3 c1") == "c1 is wrong");
  CHECK(run("c1 c3 b2") == "b2 is wrong");
  CHECK(run("b3") == "b3 is wrong");
}

TEST_CASE("session: it is joined from WELCOME until both have said GOODBYE") {
  SessionState state;
  CHECK(state.from_client(message_type::kHello) == SessionState::Verdict::passes);
  CHECK_FALSE(state.is_joined());
  CHECK(state.from_backend(message_type::kWelcome) == SessionState::Verdict::passes);
  CHECK(state.is_joined());
  CHECK(state.from_client(message_type::kGoodbye) == SessionState::Verdict::passes);
  CHECK(state.is_joined());
  CHECK(state.from_backend(message_type::kGoodbye) == SessionState::Verdict::passes);
  CHECK_FALSE(state.is_joined());
}
