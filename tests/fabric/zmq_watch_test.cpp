#include "router/fabric/zmq_watch.h"

#include <doctest/doctest.h>
#include <zmq.h>

#include <array>
#include <string>
#include <utility>

#include "tests/fabric/raw_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// A ROUTER with a watch, which writes down what it is told: "came shook broke".
struct Watched {
  Watched() {
    socket.bind("ipc://" + folder.path("deal"));
    socket.set(zmq::sockopt::linger, 0);
  }
  // Receives one message; the descriptor of the connection that it came from.
  ConnectionId receive() {
    zmq_msg_t part;
    zmq_msg_init(&part);
    socket.set(zmq::sockopt::rcvtimeo, kPatience);
    REQUIRE(zmq_msg_recv(&part, socket.handle(), 0) >= 0);
    REQUIRE(zmq_msg_recv(&part, socket.handle(), 0) >= 0);
    const ConnectionId connection = zmq_msg_get(&part, ZMQ_SRCFD);
    zmq_msg_close(&part);
    return connection;
  }
  [[nodiscard]] std::string take_told() { return std::exchange(told, ""); }

  Folder folder;
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::router};
  std::string told;
  ConnectionId last = -1;  // that somebody came with
  ZmqWatch watch{context, socket, "test", [this](const ZmqWatch::News& news) {
                   if (news.what == ZmqWatch::What::came) last = news.connection;
                   told += std::array{"came ", "shook ", "broke ", "failed "}.at(static_cast<std::size_t>(news.what));
                 }};
};

}  // namespace

TEST_CASE("zmq watch: before a connection's first words come the ends of all who had its descriptor") {
  Watched watched;
  // Made first: a descriptor that ZeroMQ gives back is then the next it takes.
  RawPeer first, second, worker;
  const std::string path = watched.folder.path("deal");
  first.connect(path);
  first.end();
  second.connect(path);
  second.send("no greeting at all");
  second.end();
  worker.connect(path);
  worker.shake_hands();
  worker.say("hello");
  const ConnectionId connection = watched.receive();

  watched.watch.read_for(connection);
  CHECK(watched.take_told() == "broke broke ");
  CHECK(watched.watch.has_untold());
  watched.watch.read();
  CHECK(watched.last == connection);  // they all had the same
  CHECK(watched.told.find("broke") == std::string::npos);
}

TEST_CASE("zmq watch: a connection's own end comes after what it said") {
  Watched watched;
  RawPeer before, worker;
  const std::string path = watched.folder.path("deal");
  before.connect(path);
  before.end();
  worker.connect(path);
  worker.shake_hands();
  worker.say("hello");
  worker.end();
  const ConnectionId connection = watched.receive();

  watched.watch.read_for(connection);
  CHECK(watched.take_told() == "broke ");
  watched.watch.read();
  CHECK(watched.take_told().ends_with("broke "));
}

TEST_CASE("zmq watch: who came is told before all else that happened") {
  Watched watched;
  RawPeer first, second;
  const std::string path = watched.folder.path("deal");
  first.connect(path);
  first.end();
  second.connect(path);
  second.end();
  watched.watch.read_arrivals();
  CHECK(watched.take_told() == "came came ");
  watched.watch.read();
  CHECK(watched.take_told() == "failed broke failed broke ");
}

TEST_CASE("zmq watch: a peer comes, shakes hands and goes") {
  Watched watched;
  RawPeer worker;
  worker.connect(watched.folder.path("deal"));
  worker.shake_hands();
  worker.say("hello");
  worker.end();
  (void)watched.receive();
  watched.watch.read();
  CHECK(watched.take_told() == "came shook broke ");
}
