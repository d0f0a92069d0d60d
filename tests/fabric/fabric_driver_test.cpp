#include "router/fabric/fabric_driver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "router/fabric/limits.h"
#include "router/observe/counters.h"
#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr int kPingMessages = 6'000;
constexpr const char* kInstance = "talker#0011223344556677";

// A message of one part (ZMTP 3.0).
std::string zmtp(const MessageWriter& frames) {
  const std::string_view payload = frames.bytes();
  std::string message(1, '\x02');
  for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<char>(payload.size() >> shift & 0xffU));
  return message.append(payload);
}

std::string hello_and_pings() {
  MessageWriter hello;
  Hello me;
  me.name = "talker";
  me.instance = kInstance;
  hello.hello(me);
  MessageWriter pings;
  for (int i = 0; i < 1'000; ++i) pings.ping(7, Ack::no);
  std::string all = zmtp(hello);
  for (int i = 0; i < kPingMessages; ++i) all += zmtp(pings);
  return all;
}

}  // namespace

TEST_CASE("fabric driver: a turn ends although somebody wants answers faster than they are given") {
  const Folder folder;
  FabricSettings settings;
  settings.endpoint = "ipc://" + folder.path("deal");
  settings.heartbeat_timeout = std::chrono::minutes(1);  // the talker answers none, and its last words may wait
  auto welcome = FabricDriver::plan(settings, "router#0011223344556677", 0, 1);
  REQUIRE(welcome.has_value());
  Loop loop;
  Counters counters;
  FabricDriver driver(loop, settings, std::move(*welcome), counters);
  REQUIRE(driver.bind().has_value());

  RawPeer peer;  // outlives the loop: a socket that is closed with answers unread takes back what it sent
  std::thread talker([&folder, &peer] {
    peer.connect(folder.path("deal.steer"));
    peer.shake_hands(kInstance);
    peer.flood(hello_and_pings());
  });
  std::uint64_t seen = 0;
  std::uint64_t most = 0;  // in one turn
  std::function<void()> look = [&] {
    most = std::max(most, counters.messages_in - seen);
    seen = counters.messages_in;
    seen > kPingMessages ? loop.stop() : loop.post(look);
  };
  loop.post(look);
  loop.run();
  talker.join();
  CHECK(most <= kReceivesPerTurn * kMessagesPerTurn);
}
