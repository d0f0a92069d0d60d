#include "router/fabric/zmq_wire.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Recorder : WireEvents {
  void message(std::string_view, Bytes, ConnectionId) override {}
  void steer_broke(ConnectionId) override {}
  void deal_came(std::size_t connections) override { dealt_to = connections; }
  void deal_broke(std::size_t connections) override { dealt_to = connections; }
  void stranger(std::string_view, std::string_view) override {}

  std::size_t dealt_to = 0;
};

}  // namespace

TEST_CASE("zmq wire: nobody is dealt to before deal_came told of it") {
  const Folder folder;
  FabricSettings settings;
  ZmqWire wire(settings);
  Recorder events;
  wire.attach(events);
  REQUIRE(wire.bind("ipc://" + folder.path("deal"), "ipc://" + folder.path("deal.steer")).has_value());

  RawPeer stranger;
  stranger.connect(folder.path("deal"));
  stranger.shake_hands();
  REQUIRE(wait_readable(wire.door_descriptor()));  // it asks: all that is left is our answer
  wire.deal_ready();
  CHECK_FALSE(wire.deal("an opening"));
  CHECK(events.dealt_to == 0);

  wire.door_ready();
  CHECK(events.dealt_to == 1);
  while (!wire.deal("an opening")) {
    REQUIRE(wait_readable(wire.door_descriptor(), wire.deal_descriptor()));
    wire.door_ready();  // the first edge may have come before all of the question
    wire.deal_ready();
  }
}
