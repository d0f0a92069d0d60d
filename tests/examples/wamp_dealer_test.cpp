#include <doctest/doctest.h>

#include "wamp_script.h"

using namespace std::chrono_literals;

namespace {

// "callee" has registered com.add as registration 1; "caller" has not called yet.
struct Calls : WampScript {
  Calls() {
    join("callee");
    join("caller");
    says("callee", R"([64,1,{},"com.add"])");
    (void)told("callee");
  }
};

constexpr const char* kGone = R"([8,48,5,{},"wamp.error.canceled",["the callee has left"]])";
constexpr const char* kCancelled = R"([8,48,5,{},"wamp.error.canceled",["the caller cancelled the call"]])";

}  // namespace

TEST_CASE("wamp dealer: a call goes to the callee, and the result or error back, each with its arguments") {
  Calls script;
  script.says("caller", R"([48,5,{},"com.add",[1,2],{"k":3}])");
  CHECK(script.told("callee") == R"([68,1,1,{},[1,2],{"k":3}])");
  script.says("callee", R"([70,1,{},[3]])");
  CHECK(script.told("caller") == "[50,5,{},[3]]");
  script.says("caller", R"([48,6,{},"com.add"])");
  CHECK(script.told("callee") == "[68,2,1,{}]");
  script.says("callee", R"([8,68,2,{"why":1},"com.error.no",["x"],{"y":[]}])");
  CHECK(script.told("caller") == R"([8,48,6,{"why":1},"com.error.no",["x"],{"y":[]}])");
  CHECK(script.realm().dealer().calls() == 0);
  script.says("callee", R"([70,2,{},[3]])");  // once more: nobody waits for it
  CHECK(script.told("caller").empty());
  CHECK(script.told("callee").empty());
}

TEST_CASE("wamp dealer: calls that nobody answers, names that are taken or none") {
  Calls script;
  script.says("caller", R"([48,5,{},"com.sub"])");
  CHECK(script.told("caller") ==
        R"([8,48,5,{},"wamp.error.no_such_procedure",["nobody has registered the procedure com.sub"]])");
  script.says("caller", R"([48,6,{},"com..sub"])");
  CHECK(script.told("caller").starts_with(R"([8,48,6,{},"wamp.error.invalid_uri")"));
  script.says("caller", R"([64,7,{},"com.add"])");
  CHECK(script.told("caller") ==
        R"([8,64,7,{},"wamp.error.procedure_already_exists",["the procedure com.add is registered already"]])");
  script.says("caller", R"([64,8,{},"wamp.session.count"])");
  CHECK(script.told("caller").starts_with(R"([8,64,8,{},"wamp.error.invalid_uri")"));
  script.says("caller", R"([64,9,{"invoke":"twice"},"com.x"])");
  CHECK(
      script.told("caller") ==
      R"([8,64,9,{},"wamp.error.option_not_allowed",["invoke \"twice\": must be single, first, last or roundrobin"]])");
  script.says("callee", "[66,2,1]");
  script.says("callee", "[66,3,1]");
  CHECK(script.told("callee") ==
        R"([67,2] [8,66,3,{},"wamp.error.no_such_registration",["this session has no registration 1"]])");
  script.says("caller", R"([48,10,{},"com.add"])");
  CHECK(script.told("caller").starts_with(R"([8,48,10,{},"wamp.error.no_such_procedure")"));
  CHECK(script.realm().dealer().registrations() == 0);
}

TEST_CASE("wamp dealer: the closest pattern answers, and is told which procedure it was") {
  WampScript script;
  script.join("callee");
  script.join("caller");
  // Registrations 1, 2, …
  for (const char* one : {R"({},"a.b.c")", R"({"match":"prefix"},"a.b")", R"({"match":"prefix"},"a.b.c.d")",
                          R"({"match":"wildcard"},"a..c")", R"({"match":"wildcard"},"x.y..")",
                          R"({"match":"wildcard"},"x..z.w")", R"({"match":"wildcard"},"x...w")"})
    script.says("callee", std::string("[64,1,") + one + "]");
  (void)script.told("callee");
  struct {
    const char* procedure;
    int registration;  // 0: none
  } const cases[] = {{"a.b.c", 1},   {"a.b.x", 2},   {"a.b.c.d.e", 3}, {"a.x.c", 4}, {"x.y.z.w", 5},
                     {"x.q.z.w", 6}, {"x.q.q.w", 7}, {"x.q.q.q", 0},   {"a", 0}};
  for (const auto& one : cases) {
    INFO(one.procedure);
    script.says("caller", std::string(R"([48,1,{},")") + one.procedure + "\"]");
    const std::string told = script.told("callee");
    if (one.registration == 0) {
      CHECK(told.empty());
      CHECK(script.told("caller").starts_with(R"([8,48,1,{},"wamp.error.no_such_procedure")"));
      continue;
    }
    const std::string details = one.registration == 1 ? "{}" : std::string(R"({"procedure":")") + one.procedure + "\"}";
    CHECK(told.ends_with("," + std::to_string(one.registration) + "," + details + "]"));
    const std::string invocation = told.substr(4, told.find(',', 4) - 4);
    script.says("callee", "[70," + invocation + ",{}]");
    CHECK(script.told("caller") == "[50,1,{}]");
  }
}

TEST_CASE("wamp dealer: a prefix does not answer for WAMP's own procedures") {
  WampScript script;
  script.join("ann");
  script.says("ann", R"([64,1,{"match":"prefix"},""])");
  CHECK(script.told("ann") == "[65,1,1]");
  script.says("ann", R"([48,2,{},"wamp.session.count"])");
  CHECK(script.told("ann").starts_with(R"([8,48,2,{},"wamp.error.no_such_procedure")"));
}

TEST_CASE("wamp dealer: callees that share a procedure are called in turn, first or last") {
  for (const std::string invoke : {"roundrobin", "first", "last"}) {
    WampScript script;
    for (const char* name : {"one", "two", "three"}) {
      script.join(name);
      script.says(name, R"([64,1,{"invoke":")" + invoke + R"("},"p"])");
      CHECK(script.told(name) == "[65,1,1]");
    }
    script.says("one", R"([64,2,{"invoke":")" + invoke + R"("},"p"])");  // twice
    CHECK(script.told("one").starts_with(R"([8,64,2,{},"wamp.error.procedure_already_exists")"));
    script.join("caller");
    script.says("caller", R"([64,2,{},"p"])");  // alone
    CHECK(script.told("caller").starts_with(R"([8,64,2,{},"wamp.error.procedure_already_exists")"));
    for (int i = 1; i <= 6; ++i) script.says("caller", "[48," + std::to_string(i) + R"(,{},"p"])");
    const auto calls = [&](const char* name) {
      const std::string told = script.told(name);
      return told.empty() ? 0 : 1 + std::count(told.begin(), told.end(), ' ');
    };
    const bool in_turn = invoke == "roundrobin";
    CHECK(calls("one") == (in_turn ? 2 : invoke == "first" ? 6 : 0));
    CHECK(calls("two") == (in_turn ? 2 : 0));
    CHECK(calls("three") == (in_turn ? 2 : invoke == "last" ? 6 : 0));
    script.loses("three");
    script.loses("one");
    (void)script.told("caller");
    script.says("caller", R"([48,9,{},"p"])");
    CHECK(calls("two") == 1);
  }
}

TEST_CASE("wamp dealer: results come piece by piece to a caller that wants them so") {
  Calls script;
  script.says("caller", R"([48,5,{"receive_progress":true},"com.add"])");
  CHECK(script.told("callee") == R"([68,1,1,{"receive_progress":true}])");
  script.says("callee", R"([70,1,{"progress":true},[1]])");
  script.says("callee", R"([70,1,{"progress":true},[2]])");
  script.says("callee", R"([70,1,{},[3]])");
  CHECK(script.told("caller") == R"([50,5,{"progress":true},[1]] [50,5,{"progress":true},[2]] [50,5,{},[3]])");
  script.says("caller", R"([48,6,{},"com.add"])");
  CHECK(script.told("callee") == "[68,2,1,{}]");
  script.says("callee", R"([70,2,{"progress":true},[1]])");
  CHECK(script.told("caller").empty());  // it did not ask for that
  // A callee that cannot is not asked.
  script.says("plain", R"([1,"realm1",{"roles":{"callee":{}}}])");
  script.says("plain", R"([64,1,{},"com.plain"])");
  (void)script.told("plain");
  script.says("caller", R"([48,7,{"receive_progress":true},"com.plain"])");
  CHECK(script.told("plain") == "[68,1,2,{}]");
}

TEST_CASE("wamp dealer: a caller is disclosed when it wants to be") {
  Calls script;
  script.says("caller", R"([48,5,{"disclose_me":true},"com.add"])");
  CHECK(script.told("callee") ==
        R"([68,1,1,{"caller":2,"caller_authid":"anonymous-2","caller_authrole":"anonymous"}])");
}

TEST_CASE("wamp dealer: a call is cancelled by skip, kill and killnowait") {
  struct {
    const char* options;
    const char* callee;
    const char* caller;
    bool is_heard;  // what the callee answers afterwards
  } const cases[] = {
      {R"({"mode":"skip"})", "", kCancelled, false},
      {R"({"mode":"kill"})", R"([69,1,{"mode":"kill"}])", "", true},
      {R"({"mode":"killnowait"})", R"([69,1,{"mode":"killnowait"}])", kCancelled, false},
      {"{}", R"([69,1,{"mode":"killnowait"}])", kCancelled, false},
  };
  for (const auto& one : cases) {
    INFO(one.options);
    Calls script;
    script.says("caller", R"([48,5,{},"com.add"])");
    (void)script.told("callee");
    script.says("caller", std::string("[49,5,") + one.options + "]");
    CHECK(script.told("callee") == one.callee);
    CHECK(script.told("caller") == one.caller);
    script.says("caller", std::string("[49,5,") + one.options + "]");  // twice does nothing
    script.says("callee", R"([8,68,1,{},"wamp.error.canceled"])");
    CHECK(script.told("callee").empty());
    CHECK(script.told("caller") == (one.is_heard ? R"([8,48,5,{},"wamp.error.canceled"])" : ""));
    CHECK(script.realm().dealer().calls() == 0);
  }
}

TEST_CASE("wamp dealer: a callee that cannot be interrupted is skipped") {
  for (const char* mode : {"kill", "killnowait", "skip"}) {
    WampScript script;
    script.join("caller");
    script.says("callee", R"([1,"realm1",{"roles":{"callee":{}}}])");
    script.says("callee", R"([64,1,{},"p"])");
    script.says("caller", R"([48,5,{},"p"])");
    (void)script.told("callee");
    script.says("caller", std::string(R"([49,5,{"mode":")") + mode + "\"}]");
    CHECK(script.told("caller") == kCancelled);
    CHECK(script.told("callee").empty());
  }
}

TEST_CASE("wamp dealer: what a session leaves behind when it goes") {
  Calls script;
  script.says("caller", R"([48,5,{},"com.add"])");
  script.says("callee", R"([64,2,{},"com.self"])");
  script.says("callee", R"([48,9,{},"com.self"])");  // calls itself
  (void)script.told("callee");
  SUBCASE("the callee") {
    script.loses("callee");
    CHECK(script.told("caller") == kGone);
    CHECK(script.realm().dealer().registrations() == 0);
  }
  SUBCASE("a callee that is being killed") {
    script.says("caller", R"([49,5,{"mode":"kill"}])");
    CHECK(script.told("caller").empty());
    script.says("callee", R"([6,{},"wamp.close.normal"])");
    CHECK(script.told("caller") == kGone);
  }
  SUBCASE("the caller") {
    script.loses("caller");
    CHECK(script.told("callee") == R"([69,1,{"mode":"killnowait"}])");
    script.says("callee", "[70,1,{}]");  // too late, and no fault of the callee
    CHECK(script.told("callee").empty());
    script.loses("callee");
  }
  CHECK(script.realm().dealer().calls() == 0);
}

TEST_CASE("wamp dealer: a call with a timeout ends in time") {
  Calls script;
  CHECK_FALSE(script.realms().next_deadline());
  script.says("caller", R"([48,5,{"timeout":1000},"com.add"])");
  script.says("caller", R"([48,6,{"timeout":500},"com.add"])");
  script.says("caller", R"([48,7,{"timeout":0},"com.add"])");
  script.says("caller", R"([48,8,{"timeout":1e300},"com.add"])");
  (void)script.told("callee");
  CHECK(script.realms().next_deadline() == script.now + 500ms);
  script.pass(499ms);
  CHECK(script.told("caller").empty());
  script.pass(1ms);
  CHECK(script.told("caller") == R"([8,48,6,{},"wamp.error.timeout",["the call was not answered in time"]])");
  CHECK(script.told("callee") == R"([69,2,{"mode":"killnowait"}])");
  script.says("callee", "[70,1,{}]");
  CHECK(script.told("caller") == "[50,5,{}]");
  script.pass(1h);
  CHECK(script.told("caller").empty());
  script.pass(24h);
  CHECK(script.told("caller").starts_with(R"([8,48,8,{},"wamp.error.timeout")"));
  CHECK(script.realm().dealer().calls() == 1);
  CHECK_FALSE(script.realms().next_deadline());
}

TEST_CASE("wamp dealer: two hundred calls at once are answered in any order") {
  Calls script;
  for (int i = 1; i <= 200; ++i) script.says("caller", "[48," + std::to_string(i) + R"(,{},"com.add",[1]])");
  (void)script.told("callee");
  for (int i = 200; i >= 1; --i) {
    script.says("callee", "[70," + std::to_string(i) + ",{},[" + std::to_string(i) + "]]");
    CHECK(script.told("caller") == "[50," + std::to_string(i) + ",{},[" + std::to_string(i) + "]]");
  }
}
