// Workers on libzmq that come to the loop engine with CURVE keys.
#include <doctest/doctest.h>
#include <zmq.h>

#include <array>
#include <string>
#include <zmq.hpp>

#include "tests/fabric/loop_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

constexpr const char* kWorker = "w#0123456789abcdef";

struct KeyPair {
  KeyPair() { REQUIRE(zmq_curve_keypair(open.data(), secret.data()) == 0); }
  std::array<char, 41> open{}, secret{};
};

// A bench whose operator allows one worker.
struct Guarded {
  Guarded() {
    FabricSettings settings;
    settings.key_file = folder.write("router.key", router.secret.data());
    settings.allow_file = folder.write("workers", worker.open.data());
    bench = std::make_unique<LoopBench>("", settings);
  }
  [[nodiscard]] std::string steer() const { return "ipc://" + bench->folder.path("deal.steer"); }

  Folder folder;
  KeyPair router, worker;
  std::unique_ptr<LoopBench> bench;
};

struct Worker {
  Worker() {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::routing_id, kWorker);
    socket.set(zmq::sockopt::connect_routing_id, "steer 1");
  }
  void lock(const KeyPair& own, const KeyPair& server) {
    socket.set(zmq::sockopt::curve_serverkey, server.open.data());
    socket.set(zmq::sockopt::curve_publickey, own.open.data());
    socket.set(zmq::sockopt::curve_secretkey, own.secret.data());
  }
  void dial(const std::string& endpoint) {
    socket.connect(endpoint);
    socket.send(zmq::str_buffer("steer 1"), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(bare_hello()));
  }
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::router};
};

}  // namespace

TEST_CASE("loop engine: a worker with an allowed key is served, and its messages are sealed both ways") {
  const Guarded guarded;
  LoopBench& bench = *guarded.bench;
  Worker worker;
  worker.lock(guarded.worker, guarded.router);
  worker.dial(guarded.steer());
  REQUIRE(bench.run([&] { return bench.events.spoke >= 0; }));
  const std::string large(100'000, 'x');
  REQUIRE(bench.steer(kWorker, large));
  zmq::message_t alias, payload;
  REQUIRE(
      bench.run([&] { return alias.size() > 0 || worker.socket.recv(alias, zmq::recv_flags::dontwait).has_value(); }));
  REQUIRE(worker.socket.recv(payload).has_value());
  CHECK_UNARY(payload.to_string() == large);
  CHECK(bench.events.strangers.empty());
}

TEST_CASE("loop engine: a key that is not allowed is told, once, and the peer is refused") {
  const Guarded guarded;
  LoopBench& bench = *guarded.bench;
  const KeyPair other;
  Worker worker;
  worker.lock(other, guarded.router);
  worker.dial(guarded.steer());
  REQUIRE(bench.run([&] { return !bench.events.broken.empty(); }));
  CHECK(bench.events.strangers ==
        std::vector{"key of process " + std::to_string(::getpid()) + ": " + std::string(other.open.data())});
  CHECK(bench.events.spoke == -1);
}

TEST_CASE("loop engine: a peer without keys, and one with another key of the router, are told apart") {
  const Guarded guarded;
  LoopBench& bench = *guarded.bench;
  const std::string where = "steer: no ZMTP handshake at " + guarded.steer() + ": ";
  const auto heard = [&](const std::string& what) {
    return bench.run(
        [&] { return std::count(bench.events.strangers.begin(), bench.events.strangers.end(), where + what) > 0; });
  };
  Worker plain;
  plain.dial(guarded.steer());
  CHECK(heard("one side uses CURVE keys, the other does not"));
  const KeyPair other;
  Worker wrong;
  wrong.lock(guarded.worker, other);
  wrong.dial(guarded.steer());
  CHECK(heard("its CURVE keys do not fit the router's"));
  CHECK(bench.events.spoke == -1);
}
