// A loop engine without a fabric: the events that it tells are written down, and its turns end as the driver's do.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "proto/control.h"
#include "proto/frame.h"
#include "router/fabric/loop_engine.h"
#include "tests/fabric/raw_peer.h"
#include "tests/support/folder.h"
#include "tests/support/run_until.h"

namespace zeroway::test {

constexpr std::chrono::seconds kLoopPatience{60};

// A message with a frame of HELLO that nobody reads.
inline std::string bare_hello() { return {"\0\0\0\xe0\0\0\0\0\0", kFrameHeaderSize}; }

struct LoopRecorder : WireEvents {
  void message(std::string_view instance, Bytes payload, ConnectionId connection) override {
    said.push_back(std::string(instance) + ": " + std::string(as_text(payload)));
    spoke = connection;
    address = wire->sender_address();
    CHECK(wire->sender() == connection);
    if (on_message) on_message();
  }
  void too_many_parts(std::string_view instance) override { said.push_back(std::string(instance) + " in parts"); }
  void steer_broke(ConnectionId connection) override {
    CHECK_FALSE(is_in_call);
    said.push_back("broke " + std::to_string(connection));
    unsent = wire->unsent(connection);
    broken.push_back(connection);
  }
  void deal_came(std::size_t connections) override { dealt_to = connections; }
  void deal_broke(std::size_t connections) override {
    CHECK_FALSE(is_in_call);
    dealt_to = connections;
  }
  void deal_shook_hands() override { ++shaken; }
  void steer_came(ConnectionId connection, std::string_view) override { came.push_back(connection); }
  void key_refused(std::string_view at, std::string_view key) override {
    strangers.push_back("key of " + std::string(at) + ": " + std::string(key));
  }
  void stranger(std::string_view socket, std::string_view, std::string_view what) override {
    strangers.push_back(std::string(socket) + ": " + std::string(what));
  }

  Wire* wire = nullptr;
  std::function<void()> on_message;
  bool is_in_call = false;  // of the wire
  std::size_t dealt_to = 0;
  int shaken = 0;
  std::size_t unsent = 0;  // messages of the last connection that broke
  ConnectionId spoke = -1;
  std::string address;
  std::vector<std::string> said, strangers;
  std::vector<ConnectionId> came, broken;
};

struct LoopBench : private TurnEnd {
  explicit LoopBench(const std::string& endpoint = "", const FabricSettings& wishes = {}) : settings(wishes) {
    const std::string deal = endpoint.empty() ? "ipc://" + folder.path("deal") : endpoint;
    events.wire = &engine.wire();
    engine.attach(events, [this] { ask_for_turn_end(); });
    const auto bound = engine.bind(deal, *steer_endpoint(deal));
    REQUIRE_MESSAGE(bound.has_value(), (bound ? "" : bound.error().detail));
  }
  ~LoopBench() override { loop.forget_turn_end(*this); }

  void ask_for_turn_end() { loop.at_turn_end(*this); }
  bool run(const std::function<bool()>& is_so) { return run_until(loop, is_so, kLoopPatience); }
  // Long enough for all that is on its way: a connection made after it was answered, and ended.
  void settle() {
    RawPeer peer;
    peer.connect(folder.path("deal"));
    peer.shake_hands();
    REQUIRE(run([&] { return peer.has_been_answered(); }));
    const std::size_t before = events.dealt_to;
    peer.vanish();
    REQUIRE(run([&] { return events.dealt_to < before; }));
  }
  void come(RawPeer& peer, const std::string& socket, const std::string& identity = "w") {
    peer.connect(folder.path(socket));
    peer.shake_hands(identity);
    REQUIRE(run([&] { return peer.has_been_answered(); }));
  }
  // Comes to steer as a worker does and says hello. Its connection.
  ConnectionId hello_from(RawPeer& peer, const std::string& identity = "w#0123456789abcdef") {
    come(peer, "deal.steer", identity);
    events.spoke = -1;
    peer.say(bare_hello());
    REQUIRE(run([&] { return events.spoke >= 0; }));
    return events.spoke;
  }
  bool steer(const std::string& instance, const std::string& message) {
    events.is_in_call = true;
    const bool is_sent = engine.wire().steer(instance, message);
    events.is_in_call = false;
    return is_sent;
  }
  void cut(ConnectionId connection) {
    events.is_in_call = true;
    engine.wire().cut(connection);
    events.is_in_call = false;
  }
  bool has_broken(ConnectionId connection) {
    return std::count(events.broken.begin(), events.broken.end(), connection) > 0;
  }

  Folder folder;
  Loop loop;
  FabricSettings settings;
  LoopEngine engine{loop, settings};
  LoopRecorder events;

 private:
  void turn_end() override {
    engine.tell_connections();
    engine.send_all();
  }
};

}  // namespace zeroway::test
