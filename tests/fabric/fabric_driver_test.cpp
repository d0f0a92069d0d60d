#include "router/fabric/fabric_driver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <latch>
#include <string>
#include <thread>

#include "router/fabric/limits.h"
#include "router/observe/counters.h"
#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr int kPeers = 10;
constexpr int kMessages = 900;   // of each: ZeroMQ takes a thousand of one peer while nobody reads
constexpr int kPingEvery = 100;  // so each go has some to answer, and nobody's are too many in a second

std::string name_of(std::size_t number) { return "talker-" + std::to_string(number); }
std::string instance_of(std::size_t number) { return name_of(number) + "#0011223344556677"; }

// A message of one part (ZMTP 3.0).
std::string zmtp(const MessageWriter& frames) {
  const std::string_view payload = frames.bytes();
  std::string message(1, '\x02');
  for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<char>(payload.size() >> shift & 0xffU));
  return message.append(payload);
}

// HELLO, and what a worker may say at any time: credit for streams that are over, and now and then a ping.
std::string talk(std::size_t number) {
  MessageWriter hello;
  Hello me;
  me.name = name_of(number);
  me.instance = instance_of(number);
  hello.hello(me);
  MessageWriter credit;
  credit.window_update(1, 1);
  MessageWriter ping;
  ping.ping(7, Ack::no);
  std::string all = zmtp(hello);
  for (int i = 1; i < kMessages; ++i) all += zmtp(i % kPingEvery == 0 ? ping : credit);
  return all;
}

// The most messages that were read between two looks of somebody who is called once in a turn, or a little later: a
// timer's turn may lie between.
std::uint64_t most_between_looks() {
  const Folder folder;
  FabricSettings settings;
  settings.endpoint = "ipc://" + folder.path("deal");
  settings.engine = EngineKind::libzmq;                  // its thread reads while the loop is held
  settings.heartbeat_timeout = std::chrono::minutes(1);  // the talkers answer none
  auto welcome = FabricDriver::plan(settings, "router#0011223344556677", 0, 1);
  REQUIRE(welcome.has_value());
  Loop loop;
  Counters counters;
  FabricDriver driver(loop, settings, std::move(*welcome), counters);
  REQUIRE(driver.bind().has_value());

  std::array<RawPeer, kPeers> peers;  // outlive the loop: a socket that is closed takes back what it sent
  std::latch is_held(1);
  std::latch is_said(1);
  std::thread talkers([&] {
    for (std::size_t i = 0; i < kPeers; ++i) {
      peers[i].connect(folder.path("deal.steer"));
      peers[i].shake_hands(instance_of(i));
      peers[i].settle();  // the loop lets it in
    }
    // All of it is there before the loop reads any.
    loop.post([&] {
      is_held.count_down();
      is_said.wait();
    });
    is_held.wait();
    for (std::size_t i = 0; i < kPeers; ++i) {
      peers[i].send(talk(i));
      peers[i].settle();
    }
    is_said.count_down();
  });
  std::uint64_t seen = 0;
  std::uint64_t most = 0;  // in one turn
  std::function<void()> look = [&] {
    most = std::max(most, counters.messages_in - seen);
    seen = counters.messages_in;
    seen >= kPeers* kMessages ? loop.stop() : loop.post(look);
  };
  loop.post(look);
  loop.run();
  talkers.join();
  return most;
}

}  // namespace

TEST_CASE("fabric driver: a turn ends although many want answers all the time") {
  std::uint64_t least = UINT64_MAX;  // of several tries: on a busy machine two turns may lie between two looks
  for (int tried = 0; tried < 5 && least > kReceivesPerTurn * kMessagesPerTurn; ++tried)
    least = std::min(least, most_between_looks());
  CHECK(least > kMessagesPerTurn);  // it was asked for more than one go
  CHECK(least <= kReceivesPerTurn * kMessagesPerTurn);
}
