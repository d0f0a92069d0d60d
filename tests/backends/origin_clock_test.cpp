// How long a server may be silent, by what it and its client did last.
#include "router/backends/origin_clock.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const ServerTimes kTimes{.connect = 1s, .read = 30s, .write = 10s};

Time at(std::chrono::milliseconds time) { return Time{} + time; }

}  // namespace

TEST_CASE("origin clock: silence counts from the end of the request, and from each piece of the reply") {
  OriginClock clock;
  clock.begin(OriginClock::Next::server, at(0s));
  CHECK(clock.due(kTimes) == at(30s));
  clock.interim_head(at(10s));
  CHECK(clock.due(kTimes) == at(40s));
  clock.head(false, at(20s));
  CHECK(clock.due(kTimes) == at(50s));
  for (auto now = 21s; now < 3600s; ++now) {
    clock.data(1, at(now));
    CHECK(clock.due(kTimes) == at(now + 30s));
    clock.credited(1, at(now));
  }
}

TEST_CASE("origin clock: while the client has more to send, the server may wait for it") {
  OriginClock clock;
  clock.begin(OriginClock::Next::client, at(0s));
  CHECK(clock.due(kTimes) == Time::max());
  clock.gave(100, at(5s));
  CHECK(clock.due(kTimes) == at(15s));  // it is to take the body
  clock.took(60, at(9s));
  CHECK(clock.due(kTimes) == at(19s));
  clock.took(40, at(10s));
  CHECK(clock.due(kTimes) == Time::max());
  clock.ended(at(50s));
  CHECK(clock.due(kTimes) == at(80s));
}

TEST_CASE("origin clock: the end of a request whose body is not taken yet is no progress") {
  OriginClock clock;
  clock.begin(OriginClock::Next::client, at(0s));
  clock.gave(100, at(0s));
  clock.ended(at(9s));
  CHECK(clock.due(kTimes) == at(10s));
  clock.took(100, at(9s));
  CHECK(clock.due(kTimes) == at(39s));
}

TEST_CASE("origin clock: a client that waits for 100 Continue waits for the server") {
  OriginClock clock;
  clock.begin(OriginClock::Next::server, at(0s));
  CHECK(clock.due(kTimes) == at(30s));
  clock.gave(1, at(1s));
  clock.took(1, at(1s));
  CHECK(clock.due(kTimes) == Time::max());
}

TEST_CASE("origin clock: silence while the client does not read is the client's doing") {
  OriginClock clock;
  clock.begin(OriginClock::Next::server, at(0s));
  clock.head(false, at(1s));
  clock.data(kFirstReplyWindow, at(2s));
  CHECK(clock.due(kTimes) == Time::max());
  clock.credited(1, at(100s));
  CHECK(clock.due(kTimes) == at(130s));
  clock.credited(1'000, at(110s));
  CHECK(clock.due(kTimes) == at(130s));
}

TEST_CASE("origin clock: an endless reply may be silent, but what it is sent must be taken") {
  OriginClock clock;
  clock.begin(OriginClock::Next::server, at(0s));
  clock.head(true, at(1s));
  CHECK(clock.due(kTimes) == Time::max());
  clock.gave(10, at(1000s));
  CHECK(clock.due(kTimes) == at(1010s));
}

TEST_CASE("origin clock: a time of 0 is no limit") {
  OriginClock clock;
  clock.begin(OriginClock::Next::server, at(0s));
  CHECK(clock.due({.connect = 0s, .read = 0s, .write = 0s}) == Time::max());
  clock.gave(10, at(0s));
  CHECK(clock.due({.connect = 0s, .read = 0s, .write = 0s}) == Time::max());
}
