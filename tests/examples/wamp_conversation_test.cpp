#include <doctest/doctest.h>

#include "wamp_script.h"

namespace {

constexpr const char* kHello = R"([1,"realm1",{"roles":{"caller":{}}}])";

std::string violation(const std::string& rule) {
  return R"([3,{"message":")" + rule + R"("},"wamp.error.protocol_violation"] close 1002 )" + rule;
}

}  // namespace

TEST_CASE("wamp conversation: HELLO is answered by WELCOME, which says who the client is and what is there") {
  WampScript script;
  script.says("ann", kHello);
  const auto told = wamp::Value::parse(script.told("ann"));
  CHECK(told[0] == 2);
  CHECK(told[1] == 1);
  CHECK(told[2]["realm"] == "realm1");
  CHECK(told[2]["authid"] == "anonymous-1");
  CHECK(told[2]["authmethod"] == "anonymous");
  CHECK(told[2]["roles"]["broker"]["features"]["pattern_based_subscription"] == true);
  CHECK(told[2]["roles"]["dealer"]["features"]["progressive_call_results"] == true);
}

TEST_CASE("wamp conversation: a realm that is not there, an authmethod that is not there") {
  WampScript script({"realm1", "realm2"});
  script.says("ann", R"([1,"other",{"roles":{"caller":{}}}])");
  CHECK(script.told("ann") ==
        R"([3,{"message":"there is no realm \"other\" here"},"wamp.error.no_such_realm"] close 1000)");
  script.says("ann", kHello);  // over is over
  CHECK(script.told("ann").empty());
  script.says("bob", R"([1,"realm1",{"roles":{"caller":{}},"authmethods":["ticket","wampcra"]}])");
  CHECK(script.told("bob") ==
        R"([3,{"message":"the only authmethod here is \"anonymous\""},"wamp.error.no_auth_method"] close 1000)");
  script.says("cid", R"([1,"realm2",{"roles":{"caller":{}},"authmethods":["ticket","anonymous"]}])");
  CHECK(script.told("cid").starts_with("[2,1,"));
}

TEST_CASE("wamp conversation: realms do not hear each other") {
  WampScript script({"realm1", "realm2"});
  script.join("ann", "realm1");
  script.join("bob", "realm2");
  script.says("bob", R"([32,1,{},"t"])");
  script.says("bob", R"([64,2,{},"p"])");
  (void)script.told("bob");
  script.says("ann", R"([16,1,{},"t"])");
  script.says("ann", R"([48,2,{},"p"])");
  CHECK(script.told("bob").empty());
  CHECK(script.told("ann").starts_with(R"([8,48,2,{},"wamp.error.no_such_procedure")"));
}

TEST_CASE("wamp conversation: GOODBYE is answered, and another session may follow on the connection") {
  WampScript script;
  script.join("ann");
  script.says("ann", R"([32,1,{},"t"])");
  (void)script.told("ann");
  script.says("ann", R"([6,{},"wamp.close.close_realm"])");
  CHECK(script.told("ann") == R"([6,{},"wamp.close.goodbye_and_out"])");
  CHECK(script.realm().broker().subscriptions() == 0);
  CHECK(script.realms().sessions() == 0);
  script.says("ann", kHello);
  CHECK(script.told("ann").starts_with("[2,2,"));
  script.says("ann", R"([3,{},"wamp.error.whatever"])");
  CHECK(script.told("ann") == "close 1000");
  CHECK(script.realm().sessions() == 0);
}

TEST_CASE("wamp conversation: whoever breaks a rule gets ABORT and 1002, and leaves nothing behind") {
  struct {
    const char* says;
    const char* rule;
  } const cases[] = {
      {R"([32,1,{},"t"])", "a session begins with HELLO, not SUBSCRIBE"},
      {R"([6,{},"wamp.close.normal"])", "a session begins with HELLO, not GOODBYE"},
      {"{}", "a message is a list that begins with its type"},
      {"[]", "a message is a list that begins with its type"},
      {"7", "a message is a list that begins with its type"},
      {"[1.0]", "a message begins with its type, an integer"},
      {"[2,1,{}]", "messages of type 2 are not for routers"},
      {R"([1,"realm1"])", "HELLO has 2 elements, not 3"},
      {R"([1,"realm1",{},1])", "HELLO has 4 elements, not 3"},
      {R"([1,null,{}])", "element 2 of HELLO must be text"},
      {R"([1,"realm1",[]])", "element 3 of HELLO must be a map"},
      {R"([1,"realm1",{}])", "HELLO: roles must name a publisher, subscriber, caller or callee"},
      {R"([1,"realm1",{"roles":{"broker":{}}}])", "HELLO: roles must name a publisher, subscriber, caller or callee"},
      {R"([1,"realm1",{"roles":[]}])", "HELLO: roles must be a map"},
      {R"([1,"realm1",{"roles":{"callee":1}}])", "HELLO: callee must be a map"},
      {R"([1,"realm1",{"roles":{"caller":{}},"authmethods":"ticket"}])",
       "the option authmethods must be a list of texts"},
  };
  for (const auto& one : cases) {
    INFO(one.says);
    WampScript script;
    script.says("ann", one.says);
    CHECK(script.told("ann") == violation(one.rule));
    CHECK(script.realms().sessions() == 0);
  }
}

TEST_CASE("wamp conversation: rules within a session") {
  struct {
    const char* says;
    const char* rule;
  } const cases[] = {
      {kHello, "HELLO may not come within a session"},
      {R"([16,0,{},"t"])", "element 2 of PUBLISH must be an id (an integer from 1 to 2^53)"},
      {R"([16,9007199254740993,{},"t"])", "element 2 of PUBLISH must be an id (an integer from 1 to 2^53)"},
      {R"([16,-1,{},"t"])", "element 2 of PUBLISH must be an id (an integer from 1 to 2^53)"},
      {R"([16,1.5,{},"t"])", "element 2 of PUBLISH must be an id (an integer from 1 to 2^53)"},
      {R"([16,1,{},7])", "element 4 of PUBLISH must be text"},
      {R"([16,1,{},"t",{}])", "element 5 of PUBLISH must be a list"},
      {R"([16,1,{},"t",[],[]])", "element 6 of PUBLISH must be a map"},
      {R"([16,1,{},"t",[],{},0])", "PUBLISH has 7 elements, not 4 to 6"},
      {R"([16,1,{"acknowledge":1},"t"])", "the option acknowledge must be true or false"},
      {R"([16,1,{"exclude":[0]},"t"])", "the option exclude must be a list of ids"},
      {R"([32,1,{"match":1},"t"])", "the option match must be text"},
      {R"([48,1,{"timeout":-1},"p"])", "the option timeout must be a number of milliseconds"},
      {R"([49,1,{"mode":"gently"}])", "the option mode of CANCEL must be skip, kill or killnowait"},
      {R"([8,48,1,{},"e"])", "ERROR is for requests of type 68 (INVOCATION)"},
      {R"([36,1,1,{}])", "messages of type 36 are not for routers"},
      {R"([300,1])", "messages of type 300 are not for routers"},
  };
  for (const auto& one : cases) {
    INFO(one.says);
    WampScript script;
    script.join("ann");
    script.says("ann", R"([64,1,{},"p"])");
    (void)script.told("ann");
    script.says("ann", one.says);
    CHECK(script.told("ann") == violation(one.rule));
    CHECK(script.realms().sessions() == 0);
    CHECK(script.realm().dealer().registrations() == 0);
  }
}

TEST_CASE("wamp conversation: a request that is under way may not be repeated") {
  WampScript script;
  script.join("ann");
  script.says("ann", R"([64,1,{},"p"])");
  script.says("ann", R"([48,2,{},"p"])");
  (void)script.told("ann");
  script.says("ann", R"([48,2,{},"p"])");
  CHECK(script.told("ann") == violation("the call 2 is under way already"));
}

TEST_CASE("wamp conversation: ids that a client has written as floats are ids") {
  WampScript script;
  script.join("ann");
  script.says("ann", R"([32,9007199254740992.0,{},"t"])");
  CHECK(script.told("ann") == "[33,9007199254740992,1]");
  script.says("ann", "[34,3e0,1.0]");
  CHECK(script.told("ann") == "[35,3]");
}

TEST_CASE("wamp conversation: a connection has ten seconds to begin a session, and again after GOODBYE") {
  using namespace std::chrono_literals;
  const std::string overdue = violation("no session began within 10 seconds");
  WampScript script;
  script.connects("ann");
  script.pass(6s);
  script.connects("bob");
  script.join("cid");
  CHECK(script.realms().next_deadline() == script.now + 4s);
  script.pass(4s);
  CHECK(script.told("ann") == overdue);
  CHECK(script.told("bob").empty());
  script.says("cid", R"([6,{},"wamp.close.close_realm"])");
  (void)script.told("cid");
  script.pass(6s);
  CHECK(script.told("bob") == overdue);
  CHECK(script.told("cid").empty());
  script.pass(4s);
  CHECK(script.told("cid") == overdue);
  CHECK_FALSE(script.realms().next_deadline());
}

TEST_CASE("wamp conversation: a session has no such limit") {
  using namespace std::chrono_literals;
  WampScript script;
  script.join("ann");
  CHECK_FALSE(script.realms().next_deadline());
  script.pass(1h);
  CHECK(script.told("ann").empty());
}

TEST_CASE("wamp conversation: when the worker leaves, sessions get GOODBYE, and all connections are closed") {
  WampScript script;
  script.join("ann");
  script.says("ann", R"([64,1,{},"p"])");
  (void)script.told("ann");
  script.connects("bob");
  script.is_left("ann");
  CHECK(script.told("ann") == R"([6,{},"wamp.close.system_shutdown"] close 1001 wamp.close.system_shutdown)");
  script.is_left("bob");
  CHECK(script.told("bob") == "close 1001 wamp.close.system_shutdown");
  CHECK(script.realms().sessions() == 0);
  CHECK(script.realm().dealer().registrations() == 0);
  CHECK_FALSE(script.realms().next_deadline());
  script.is_left("ann");
  script.says("ann", kHello);
  CHECK(script.told("ann").empty());
}

TEST_CASE("wamp conversation: a client that a router has checked is who the router says") {
  WampScript script;
  script.says(
      "ann",
      R"([1,"realm1",{"roles":{"caller":{}},"authmethods":["anonymous-proxy"],"authid":"joe","authrole":"frontend"}])");
  const std::string welcome = script.told("ann");
  CHECK(welcome.find(R"("authid":"joe")") != std::string::npos);
  CHECK(welcome.find(R"("authrole":"frontend")") != std::string::npos);
  CHECK(welcome.find(R"("authmethod":"anonymous-proxy")") != std::string::npos);
}
