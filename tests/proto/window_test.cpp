#include "proto/window.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("window: a take that does not fit takes nothing") {
  SendWindow window(100);
  CHECK_FALSE(window.take(101));
  CHECK(window.left() == 100);
  CHECK(window.take(100));
  CHECK(window.left() == 0);
  CHECK(window.take(0));
  CHECK_FALSE(window.take(1));
}

TEST_CASE("window: credit adds up to 2^31-1 and not past it (RFC 9113 §6.9.1)") {
  SendWindow window(100);
  CHECK_FALSE(window.add(0x7fffffffU - 99));
  CHECK(window.left() == 100);
  CHECK(window.add(0x7fffffffU - 100));
  CHECK(window.left() == 0x7fffffffU);
  CHECK_FALSE(window.add(1));
  CHECK_FALSE(window.add(0xffffffffU));
  CHECK(window.add(0));
}

TEST_CASE("window: a receiver refuses what it gave no credit for, and counts nothing of it") {
  ReceiveWindow window(64, 256);
  CHECK_FALSE(window.received(65));
  CHECK(window.left() == 64);
  CHECK(window.received(64));
  CHECK_FALSE(window.received(1));
}

TEST_CASE("window: credit is announced when half of the capacity is owed") {
  ReceiveWindow window(256, 256);
  CHECK(window.received(200));
  CHECK(window.consumed(127) == 0);
  CHECK(window.left() == 56);
  CHECK(window.consumed(1) == 128);
  CHECK(window.left() == 184);
  CHECK(window.consumed(72) == 0);
}

TEST_CASE("window: acceptance announces all above the opening's part, once") {
  ReceiveWindow window(64, 256);
  CHECK(window.take_owed() == 192);
  CHECK(window.left() == 256);
  CHECK(window.take_owed() == 0);
}

TEST_CASE("window: what was owed but not announced is taken with acceptance") {
  ReceiveWindow window(200, 256);
  CHECK(window.received(50));
  CHECK(window.consumed(50) == 0);
  CHECK(window.take_owed() == 106);
  CHECK(window.left() == 256);
}

TEST_CASE("window: the sender's and the receiver's view stay equal over any run") {
  SendWindow sender(64);
  ReceiveWindow receiver(64, 256);
  std::uint32_t held = 0;
  for (std::uint32_t step = 0; step < 10'000; ++step) {
    const std::uint32_t bytes = step * 37 % 50;
    if (sender.take(bytes)) {
      REQUIRE(receiver.received(bytes));
      held += bytes;
    }
    const std::uint32_t read = held < 20 ? held : step * 11 % 20;
    held -= read;
    REQUIRE(sender.add(receiver.consumed(read)));
    REQUIRE(sender.left() == receiver.left());
    REQUIRE(receiver.left() + held <= 256);
  }
}

TEST_CASE("window: a sender that needs no more than its first credit is told of no other") {
  CreditedWindow window(64);
  CHECK_FALSE(window.received(65));
  CHECK(window.received(63));
  CHECK(window.credited(63) == 0);
  CHECK(window.left() == 1);
}

TEST_CASE("window: a reader that credits more than it read lets the sender get further ahead") {
  CreditedWindow window(64);
  CHECK(window.received(64));
  CHECK(window.credited(128) == 128);
  CHECK(window.received(64));
  CHECK(window.credited(63) == 0);
  CHECK(window.credited(1) == 64);
  CHECK(window.left() == 128);
}

TEST_CASE("window: credit is announced when the sender has no more than that left, and not in small pieces") {
  CreditedWindow window(64);
  CHECK(window.received(64));
  CHECK(window.credited(256) == 256);
  CHECK(window.received(100));
  CHECK(window.credited(100) == 0);
  CHECK(window.received(28));
  CHECK(window.credited(28) == 128);
  CHECK(window.received(250));
  CHECK(window.credited(10) == 0);
  CHECK(window.credited(54) == 64);
}
