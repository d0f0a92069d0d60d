#include "worker-sdk/src/wire/followed_name.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

using Addresses = std::vector<std::string>;

struct Script {
  FollowedName name;
  FollowedName::TimePoint now = FollowedName::TimePoint() + 1h;

  // A lookup that takes no time. True when the addresses have changed.
  bool told(const Addresses& addresses, bool is_whole = true) {
    name.asked(now);
    const bool is_new = name.found(addresses);
    return name.answered({addresses, is_whole, ""}, now) || is_new;
  }
  bool failed() {
    name.asked(now);
    return name.answered({{}, false, "no name server answers"}, now);
  }
  [[nodiscard]] std::chrono::milliseconds until_due() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(name.due_at() - now);
  }
};

}  // namespace

TEST_CASE("name: it is asked at once, not again before the answer, and then every 30 s") {
  Script s;
  CHECK(s.name.is_due(s.now));
  s.name.asked(s.now);
  CHECK_FALSE(s.name.is_due(s.now + 1h));
  CHECK(s.name.found({"10.0.0.1"}));
  CHECK_FALSE(s.name.answered({{"10.0.0.1"}, true, ""}, s.now));
  CHECK(s.until_due() == 30s);
  CHECK(s.name.addresses() == Addresses{"10.0.0.1"});
}

TEST_CASE("name: a lookup that fails keeps what is known, and is repeated after 1, 1, 2, 4, 5, 5 s") {
  Script s;
  CHECK(s.told({"10.0.0.1"}));
  for (const auto pause : {1s, 1s, 2s, 4s, 5s, 5s}) {
    CHECK_FALSE(s.failed());
    CHECK(s.until_due() == pause);
    s.now = s.name.due_at();
  }
  CHECK(s.name.addresses() == Addresses{"10.0.0.1"});
  CHECK_FALSE(s.told({"10.0.0.1"}));
  CHECK(s.until_due() == 30s);
}

TEST_CASE("name: an address that three whole answers do not have is gone; one that comes back is not") {
  Script s;
  CHECK(s.told({"10.0.0.1", "fd00::1"}));
  CHECK_FALSE(s.told({"10.0.0.1"}));
  CHECK_FALSE(s.told({"10.0.0.1"}, false));  // IPv6 was not answered: it says nothing about fd00::1
  CHECK_FALSE(s.told({"10.0.0.1"}));
  CHECK_FALSE(s.told({"10.0.0.1", "fd00::1"}));
  CHECK_FALSE(s.told({"10.0.0.1"}));
  CHECK_FALSE(s.told({"10.0.0.1"}));
  CHECK(s.told({"10.0.0.1"}));
  CHECK(s.name.addresses() == Addresses{"10.0.0.1"});
}

TEST_CASE("name: an address is gone at once when an answer did not have it and its connection breaks") {
  Script s;
  CHECK(s.told({"10.0.0.1"}));
  CHECK_FALSE(s.name.broke("10.0.0.1"));  // DNS has it: the router there is started again, perhaps
  CHECK(s.told({"10.0.0.2"}));
  CHECK(s.name.addresses() == Addresses{"10.0.0.1", "10.0.0.2"});
  CHECK(s.name.broke("10.0.0.1"));
  CHECK(s.name.addresses() == Addresses{"10.0.0.2"});
}

TEST_CASE("name: a connection that breaks has the name asked soon, not more than once in a second, then in 5 s") {
  Script s;
  CHECK(s.told({"10.0.0.1"}));
  s.now += 10s;
  CHECK_FALSE(s.name.broke("10.0.0.1"));
  CHECK(s.name.is_due(s.now));
  CHECK_FALSE(s.told({"10.0.0.1"}));
  for (const auto pause : {1s, 2s, 4s, 5s}) {
    CHECK_FALSE(s.name.broke("10.0.0.1"));
    CHECK(s.until_due() == pause);
    s.now = s.name.due_at();
    CHECK_FALSE(s.told({"10.0.0.1"}));
  }
  CHECK(s.until_due() == 30s);
}
