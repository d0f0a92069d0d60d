#include "router/fabric/loop_engine.h"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "router/fabric/listen_endpoint.h"
#include "tests/fabric/loop_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// A worker's socket, as the protocol wants it.
struct Router {
  explicit Router(const std::string& instance) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::ipv6, true);
    socket.set(zmq::sockopt::router_mandatory, true);
    socket.set(zmq::sockopt::routing_id, instance);
  }
  void dial(const std::string& endpoint, const std::string& alias) {
    socket.set(zmq::sockopt::connect_routing_id, alias);
    socket.connect(endpoint);
  }
  void say(const std::string& alias, const std::string& payload) {
    socket.send(zmq::buffer(alias), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(payload));
  }
  // "alias: payload" of the next message that is there; "" when there is none.
  std::string hear() {
    zmq::message_t alias, payload;
    if (!socket.recv(alias, zmq::recv_flags::dontwait)) return "";
    REQUIRE(socket.recv(payload));
    return alias.to_string() + ": " + payload.to_string();
  }

  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::router};
};

// A free port whose neighbour is free, too.
std::uint16_t free_port() {
  while (true) {
    auto first = listen_at("127.0.0.1", 0, Share::no);
    REQUIRE(first.has_value());
    const std::uint16_t port = bound_to(*first).port;
    if (port < 65'534 && listen_at("127.0.0.1", static_cast<std::uint16_t>(port + 1), Share::no)) return port;
  }
}

void serves_a_libzmq_worker(const std::string& bound, const std::string& deal, const std::string& steer) {
  LoopBench bench(bound);
  Router worker("w#0123456789abcdef");
  worker.dial(steer, "steer 1");
  worker.say("steer 1", bare_hello());
  REQUIRE(bench.run([&] { return bench.events.spoke >= 0; }));
  worker.dial(deal, "deal 1");
  REQUIRE(bench.run([&] { return bench.events.shaken == 1; }));
  const std::string large(300'000, 'x');
  REQUIRE(bench.steer("w#0123456789abcdef", "welcome"));
  REQUIRE(bench.steer("w#0123456789abcdef", large));
  std::vector<std::string> heard;
  const auto has_heard = [&](std::size_t many) {
    if (std::string message = worker.hear(); !message.empty()) heard.push_back(std::move(message));
    return heard.size() >= many;
  };
  REQUIRE(bench.run([&] { return has_heard(2); }));
  CHECK(heard[0] == "steer 1: welcome");
  CHECK_UNARY(heard[1] == "steer 1: " + large);
  REQUIRE(bench.engine.wire().deal("ping"));
  bench.ask_for_turn_end();
  REQUIRE(bench.run([&] { return has_heard(3); }));
  CHECK(heard[2] == "deal 1: ping");
  worker.say("steer 1", large);
  REQUIRE(bench.run([&] { return bench.events.said.back() == "w#0123456789abcdef: " + large; }));
  CHECK(bench.events.strangers.empty());
}

}  // namespace

TEST_CASE("loop engine: a worker on libzmq is served over ipc, over IPv4, over IPv6 and by any address") {
  const Folder folder;
  const std::string path = "ipc://" + folder.path("fabric");
  serves_a_libzmq_worker(path, path, path + ".steer");
  const std::string name = "ipc://@" + folder.path("fabric");
  serves_a_libzmq_worker(name, name, name + ".steer");
  struct Way {
    std::string bound, dialled;
  };
  for (const Way& way : std::initializer_list<Way>{
           {"127.0.0.1", "127.0.0.1"}, {"*", "127.0.0.1"}, {"*", "[::1]"}, {"[::1]", "[::1]"}, {"lo", "[::1]"}}) {
    CAPTURE(way.bound);
    const std::uint16_t port = free_port();
    const std::string deal = "tcp://" + way.dialled + ":" + std::to_string(port);
    serves_a_libzmq_worker("tcp://" + way.bound + ":" + std::to_string(port), deal,
                           "tcp://" + way.dialled + ":" + std::to_string(port + 1));
  }
}

TEST_CASE("loop engine: an endpoint that cannot be bound is told with its reason") {
  const Folder folder;
  Loop loop;
  const auto why = [&](const std::string& endpoint) {
    auto socket = listen_at_endpoint(endpoint);
    return socket ? std::string("bound") : socket.error().detail;
  };
  const std::string port = std::to_string(free_port());
  const auto live = listen_at_endpoint("tcp://127.0.0.1:" + port);
  CHECK(why("tcp://127.0.0.1:" + port) == "fabric endpoint tcp://127.0.0.1:" + port + ": Address already in use");
  CHECK(why("tcp://localhost:" + port) ==
        "fabric endpoint tcp://localhost:" + port + ": neither an address nor an interface of this machine");
  CHECK(why("tcp://192.0.2.1:" + port) ==
        "fabric endpoint tcp://192.0.2.1:" + port + ": Cannot assign requested address");
  CHECK(why("inproc://x") == "fabric endpoint inproc://x: wants tcp://ADDRESS:PORT or ipc://PATH");
  const std::string file = "ipc://" + folder.write("file", "kept");
  CHECK(why(file) == "fabric endpoint " + file + ": there is a file of that name which is no socket");
  CHECK(std::filesystem::file_size(folder.path("file")) == 4);
  const std::string ipc = "ipc://" + folder.path("live");
  {
    const auto listening = listen_at_endpoint(ipc);
    REQUIRE(listening.has_value());
    CHECK(why(ipc) == "fabric endpoint " + ipc + ": Address already in use");
  }
  CHECK(why(ipc) == "bound");  // nobody answers at the file any more
  const auto abstract = listen_at_endpoint("ipc://@" + folder.path("live"));
  CHECK(abstract.has_value());
  CHECK(why("ipc://@" + folder.path("live")).ends_with(": Address already in use"));
}

TEST_CASE("loop engine: a judgement waits until the sockets were read") {
  LoopBench bench;
  RawPeer peer;
  bench.hello_from(peer);
  peer.say("alive");
  const auto said = [&] { return bench.events.said.back().ends_with("alive"); };
  bool has_ticked = false;
  bench.loop.post([&] {
    bench.engine.tick();
    has_ticked = true;
    CHECK(bench.engine.must_receive());
    CHECK_FALSE(bench.engine.receive());
    CHECK_FALSE(said());
  });
  REQUIRE(bench.run([&] { return has_ticked && !bench.engine.must_receive(); }));
  CHECK(said());
}

TEST_CASE("loop engine: the last messages reach a worker that reads although the loop has ended") {
  RawPeer peer;
  const std::string large(4'000'000, 'x');
  std::string heard;
  std::thread reader;
  {
    LoopBench bench;
    bench.hello_from(peer);
    peer.hear_what_is_there();
    REQUIRE(bench.steer("w#0123456789abcdef", large));
    reader = std::thread([&] {
      std::array<char, 65'536> bytes{};
      ssize_t size = 0;
      while ((size = ::recv(peer.descriptor(), bytes.data(), bytes.size(), 0)) > 0)
        heard.append(bytes.data(), static_cast<std::size_t>(size));
    });
  }
  reader.join();
  CHECK(heard.size() == large.size() + 9);
}
