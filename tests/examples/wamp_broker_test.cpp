#include <doctest/doctest.h>

#include "examples/wamp-worker/limits.h"
#include "wamp_script.h"

TEST_CASE("wamp broker: an event goes to every subscriber but its publisher, with the arguments as they came") {
  WampScript script;
  for (const char* name : {"ann", "bob", "cid"}) script.join(name);
  script.says("ann", R"([32,1,{},"com.a"])");
  script.says("bob", R"([32,7,{},"com.a"])");
  CHECK(script.told("ann") == "[33,1,1]");
  CHECK(script.told("bob") == "[33,7,1]");  // one subscription for both
  script.says("ann", R"([16,2,{},"com.a",[1,"x"],{"k":null}])");
  CHECK(script.told("bob") == R"([36,1,4,{},[1,"x"],{"k":null}])");
  CHECK(script.told("ann").empty());
  script.says("ann", R"([16,3,{"exclude_me":false,"acknowledge":true},"com.a"])");
  CHECK(script.told("ann") == "[36,1,5,{}] [17,3,5]");
  CHECK(script.told("bob") == "[36,1,5,{}]");
  script.says("ann", R"([16,4,{},"com.a",[]])");
  CHECK(script.told("bob") == "[36,1,6,{},[]]");
  CHECK(script.told("cid").empty());
}

TEST_CASE("wamp broker: prefixes and wildcards match, and tell the topic") {
  WampScript script;
  for (const char* name : {"ann", "bob"}) script.join(name);
  script.says("bob", R"([32,1,{"match":"prefix"},"com.a"])");
  script.says("bob", R"([32,2,{"match":"wildcard"},"com..x"])");
  script.says("bob", R"([32,3,{"match":"exact"},"com.a.x"])");
  CHECK(script.told("bob") == "[33,1,1] [33,2,2] [33,3,3]");
  struct {
    const char* topic;
    const char* events;
  } const cases[] = {
      {"com.a.x", R"([36,3,3,{}] [36,1,3,{"topic":"com.a.x"}] [36,2,3,{"topic":"com.a.x"}])"},
      {"com.ab", R"([36,1,4,{"topic":"com.ab"}])"},
      {"com.b.x", R"([36,2,5,{"topic":"com.b.x"}])"},
      {"com.b.x.y", ""},
      {"com.x", ""},
      {"co", ""},
  };
  for (const auto& one : cases) {
    script.says("ann", std::string(R"([16,1,{},")") + one.topic + "\"]");
    CHECK(script.told("bob") == one.events);
  }
}

TEST_CASE("wamp broker: a publisher chooses who gets the event, and whether it is disclosed") {
  WampScript script;
  for (const char* name : {"ann", "bob", "cid"}) {
    script.join(name);
    script.says(name, R"([32,1,{},"t"])");
    (void)script.told(name);
  }
  struct {
    const char* options;
    bool bob, cid;
  } const cases[] = {
      {R"({"exclude":[2]})", false, true},
      {R"({"eligible":[2,9]})", true, false},
      {R"({"eligible":[2,3],"exclude":[3]})", true, false},
      {R"({"eligible":[]})", false, false},
      {R"({"exclude_authid":["anonymous-3"]})", true, false},
      {R"({"eligible_authid":["anonymous-3"]})", false, true},
      {R"({"exclude_authrole":["anonymous"]})", false, false},
      {R"({"eligible_authrole":["anonymous","admin"]})", true, true},
  };
  for (const auto& one : cases) {
    INFO(one.options);
    script.says("ann", std::string("[16,1,") + one.options + R"(,"t"])");
    CHECK(script.told("bob").empty() == !one.bob);
    CHECK(script.told("cid").empty() == !one.cid);
  }
  script.says("ann", R"([16,1,{"disclose_me":true,"eligible":[2]},"t"])");
  CHECK(script.told("bob").ends_with(
      R"({"publisher":1,"publisher_authid":"anonymous-1","publisher_authrole":"anonymous"}])"));
}

TEST_CASE("wamp broker: subscribing twice is one subscription, and who unsubscribes hears nothing more") {
  WampScript script;
  for (const char* name : {"ann", "bob"}) script.join(name);
  script.says("bob", R"([32,1,{},"t"])");
  script.says("bob", R"([32,2,{},"t"])");
  CHECK(script.told("bob") == "[33,1,1] [33,2,1]");
  script.says("bob", "[34,3,1]");
  script.says("bob", "[34,4,1]");
  CHECK(script.told("bob") ==
        R"([35,3] [8,34,4,{},"wamp.error.no_such_subscription",["this session has no subscription 1"]])");
  script.says("ann", R"([16,1,{},"t"])");
  CHECK(script.told("bob").empty());
  script.says("ann", "[34,2,1]");  // not hers
  CHECK(script.told("ann").starts_with(R"([8,34,2,{},"wamp.error.no_such_subscription")"));
  CHECK(script.realm().broker().subscriptions() == 0);
}

TEST_CASE("wamp broker: names that are none are refused, and said so where there is an answer") {
  WampScript script;
  script.join("ann");
  for (const char* bad : {"", ".", "a..b", "a.", ".a", "a b", "a#b", "a\\nb", "a\\u0000b"}) {
    INFO(bad);
    script.says("ann", std::string(R"([32,1,{},")") + bad + "\"]");
    CHECK(script.told("ann").starts_with(R"([8,32,1,{},"wamp.error.invalid_uri")"));
    script.says("ann", std::string(R"([16,2,{},")") + bad + "\"]");
    CHECK(script.told("ann").empty());
    script.says("ann", std::string(R"([16,3,{"acknowledge":true},")") + bad + "\"]");
    CHECK(script.told("ann").starts_with(R"([8,16,3,{},"wamp.error.invalid_uri")"));
  }
  script.says("ann", R"([16,4,{"acknowledge":true},"wamp.session.on_join"])");
  CHECK(script.told("ann") == R"([8,16,4,{},"wamp.error.invalid_uri",["names that begin with wamp. are WAMP's own"]])");
  script.says("ann", R"([32,5,{"match":"regex"},"a"])");
  CHECK(script.told("ann") ==
        R"([8,32,5,{},"wamp.error.option_not_allowed",["match \"regex\": must be exact, prefix or wildcard"]])");
  script.says("ann", R"([32,6,{},")" + std::string(wamp::kMaxUri, 'a') + "\"]");
  CHECK(script.told("ann") == "[33,6,1]");
  script.says("ann", R"([32,7,{},")" + std::string(wamp::kMaxUri + 1, 'a') + "\"]");
  CHECK(script.told("ann").starts_with(R"([8,32,7,{},"wamp.error.invalid_uri")"));
  for (const char* bad : {".", "..", "a..", ".a"}) {
    script.says("ann", std::string(R"([32,8,{"match":"prefix"},")") + bad + "\"]");
    CHECK(script.told("ann").starts_with(R"([8,32,8,{},"wamp.error.invalid_uri")"));
  }
  for (const char* good : {"", "a.", "a"}) {
    script.says("ann", std::string(R"([32,8,{"match":"prefix"},")") + good + "\"]");
    CHECK(script.told("ann").starts_with("[33,8,"));
  }
}

TEST_CASE("wamp broker: a session has a bounded number of subscriptions, and leaves none behind") {
  WampScript script;
  script.join("ann");
  for (std::size_t i = 0; i < wamp::kMaxPerSession; ++i)
    script.says("ann", R"([32,1,{"match":")" + std::string(i % 2 == 0 ? "wildcard" : "prefix") + R"("},"t.)" +
                           std::to_string(i) + "\"]");
  CHECK(script.realm().broker().subscriptions() == wamp::kMaxPerSession);
  (void)script.told("ann");
  script.says("ann", R"([32,2,{},"one.more"])");
  CHECK(script.told("ann") ==
        R"([8,32,2,{},"zeroway.error.limit_exceeded",["a session has at most 10000 subscriptions"]])");
  script.loses("ann");
  CHECK(script.realm().broker().subscriptions() == 0);
  CHECK(script.realm().sessions() == 0);
  CHECK(script.realms().sessions() == 0);
}
