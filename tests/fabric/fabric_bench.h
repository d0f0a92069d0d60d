// A fabric without sockets: a wire that deals like ZeroMQ does and writes down what it was given, exchanges that write
// down what they are told, and workers that a test speaks for.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "router/fabric/fabric.h"
#include "router/plan/route.h"

namespace zeroway::test {

inline std::string frame_text(const Frame& frame, HpackDecoder& decoder) {
  const std::string end = frame.has(kFlagEndStream) ? " end" : "";
  switch (frame.type) {
    case FrameType::headers: {
      Head head;
      if (!decoder.decode(frame.payload, head)) return "bad block";
      return "head " + std::string(head.method()) + " " + std::string(head.path()) + end;
    }
    case FrameType::data:
      return "data " + std::to_string(frame.payload.size()) + end;
    case FrameType::rst_stream:
      return "rst " + std::to_string(static_cast<int>(*read_rst_stream(frame)));
    case FrameType::window_update:
      return "credit " + std::to_string(*read_window_update(frame));
    case FrameType::ping:
      return "ping";
    case FrameType::goaway:
      return "goaway " + std::to_string(static_cast<int>(read_goaway(frame)->code));
    case FrameType::welcome:
      return "welcome";
    default:
      return "frame";
  }
}

// A worker's routing id. The log shows the name alone.
inline std::string instance_of(const std::string& name) { return name + "#0123456789abcdef"; }

// Deals in turn to those connected, as ZeroMQ's DEALER does. `log` has one entry a message: "NAME: frame · frame".
class RecordingWire : public Wire {
 public:
  [[nodiscard]] bool deals_openings() const override { return !is_steered; }
  bool deal(const std::string& message) override {
    if (connected.empty()) return false;
    next_ = next_ % connected.size();
    note("deal " + connected[next_++], message);
    return true;
  }
  void take_note() override {
    if (!news.empty()) connected = std::exchange(news, {});
  }
  bool steer(const std::string& instance, const std::string& message) override {
    const std::string name = instance.substr(0, instance.find('#'));
    if (std::count(unreachable.begin(), unreachable.end(), name) != 0) return false;
    note(name, message);
    return true;
  }
  void cut(ConnectionId connection) override {  // once, as the real one does
    if (std::count(cuts.begin(), cuts.end(), connection) == 0) cuts.push_back(connection);
  }
  ConnectionId sender() override { return sent_by; }
  std::string sender_address() override { return "192.0.2.1"; }

  std::size_t unsent(ConnectionId) const override { return unsent_messages; }
  void lost_time(std::chrono::nanoseconds lost) override { lost_to_peers += lost; }

  std::chrono::nanoseconds lost_to_peers{0};
  std::size_t unsent_messages = 0;       // to any connection
  bool is_steered = false;               // as a wire that knows its connections
  std::vector<std::string> connected;    // to deal
  std::vector<std::string> news;         // connected once it is told to take note, as ZeroMQ's own thread knows already
  std::vector<std::string> unreachable;  // by steer
  std::vector<std::string> log;
  std::vector<ConnectionId> cuts;
  ConnectionId sent_by = -1;            // what is handed in
  std::vector<std::string> heartbeats;  // who was pinged; not in the log
  std::uint64_t last_ping = 0;

 private:
  static bool is_heartbeat(const Frame& frame) {
    return frame.type == FrameType::ping && !frame.has(kFlagAck) && *read_ping(frame) == 0;
  }
  void note(const std::string& to, const std::string& message) {
    std::string line = to + ":";
    MessageReader reader(as_bytes(message));
    const char* between = " ";
    bool is_heartbeat_alone = !message.empty();
    for (auto next = reader.next(); next && next->has_value(); next = reader.next()) {
      if (is_heartbeat(**next)) {
        heartbeats.push_back(to);
        continue;
      }
      is_heartbeat_alone = false;
      line += between + frame_text(**next, decoder_);
      between = " · ";
      if ((*next)->type == FrameType::ping) last_ping = *read_ping(**next);
    }
    if (!is_heartbeat_alone) log.push_back(line);
  }

  std::size_t next_ = 0;
  HpackDecoder decoder_;
};

class RecordingExchange : public BackendEvents {
 public:
  void accepted(const Holder& holder) override { add("accepted by " + std::string(holder.name)); }
  void hand_over() override { add("hand over"); }
  void routes_changed() override { add("routes changed"); }
  void head(Head& head, Last last) override {
    add("head " + std::to_string(head.status()) + (last == Last::yes ? " last" : ""));
  }
  void data(Bytes bytes) override { add("data " + std::to_string(bytes.size())); }
  void end(Head& trailers) override { add(trailers.is_empty() ? "end" : "end with trailers"); }
  void reset(const Error& error) override {
    add(std::string(error.retry_safe ? "reset safe " : "reset ") + std::to_string(static_cast<int>(error.code)));
    last_error = error;
  }
  void credit(std::uint32_t bytes) override { add("credit " + std::to_string(bytes)); }

  std::string said;
  Error last_error;

 private:
  void add(const std::string& what) { said += said.empty() ? what : " · " + what; }
};

class Bench : public ExchangeFinder {
 public:
  explicit Bench(FabricSettings s = {}) : settings(std::move(s)) {
    Welcome welcome;
    welcome.router = "router#test";
    welcome.pairs.push_back({"tcp://*:8000", "tcp://*:8001"});
    fabric = std::make_unique<Fabric>(settings, wire, welcome, counters, [this] { is_asked = true; });
    tick();
  }

  BackendEvents* find(ExchangeKey key) override {
    const auto found = exchanges.find(key);
    return found == exchanges.end() ? nullptr : found->second.get();
  }

  void turn() {
    while (std::exchange(is_asked, false)) fabric->turn_end(now);
  }
  // A turn with a tick in which all that has come is read. Workers send heartbeats back, but those that hang.
  void tick() {
    fabric->tick(now);
    turn();
    for (const std::string& name : std::exchange(wire.heartbeats, {}))
      if (!hung.contains(name)) beat(name);
    fabric->judge(now);
    turn();
  }
  void beat(const std::string& name) {
    MessageWriter writer;
    writer.ping(0, Ack::yes);
    say(name, writer);
  }
  // Time passes in ticks of 20 ms.
  void pass(int ms) {
    for (int passed = 0; passed < ms; passed += 20) {
      now += std::chrono::milliseconds(20);
      tick();
    }
  }

  // A worker says hello and, when it is of the open pool, connects to deal and sends its ping back.
  void join(const std::string& name, std::uint32_t weight = 1, std::uint32_t capacity = 1'024,
            std::vector<RouteClaim> routes = {}) {
    const bool is_open_pool = routes.empty();
    hello(name, weight, capacity, std::move(routes));
    if (!is_open_pool) return;
    connect_deal(name);
    settle();
  }
  void hello(const std::string& name, std::uint32_t weight = 1, std::uint32_t capacity = 1'024,
             std::vector<RouteClaim> routes = {}) {
    connections[name] = ++last_connection;
    hello_again(name, weight, capacity, std::move(routes));
  }
  // On the same connection: it replaces what was said before.
  void hello_again(const std::string& name, std::uint32_t weight = 1, std::uint32_t capacity = 1'024,
                   std::vector<RouteClaim> routes = {}) {
    Hello hello;
    hello.weight = weight;
    hello.capacity = capacity;
    hello.routes = std::move(routes);
    say_hello(name, std::move(hello));
  }
  // By a new connection: an earlier worker's, which it names, is dead.
  void hello_instead_of(const std::string& before, const std::string& name) {
    connections[name] = ++last_connection;
    Hello hello;
    hello.replaces = instance_of(before);
    say_hello(name, std::move(hello));
  }
  void say_hello(const std::string& name, Hello hello) {
    hello.name = name;
    hello.instance = instance_of(name);
    MessageWriter writer;
    writer.hello(hello);
    say(name, writer);
  }
  void connect_deal(const std::string& name) {
    fabric->deal_came(wire.connected.size() + 1);
    turn();
    wire.connected.push_back(name);
    fabric->deal_shook_hands();
    turn();
  }
  // All workers on deal send back the ping that was dealt last; and the next round may begin at once.
  void settle() {
    pass(20);
    for (const std::string& name : std::vector(wire.connected))
      if (connections.contains(name)) pong(name);
    pass(20);
    std::erase_if(wire.log, [](const std::string& line) { return line.ends_with(": ping"); });
  }
  void break_deal(const std::string& name) {
    std::erase(wire.connected, name);
    fabric->deal_broke(wire.connected.size());
    turn();
  }
  void break_steer(const std::string& name) {
    fabric->steer_broke(connections[name]);
    turn();
  }
  void say(const std::string& name, const MessageWriter& message) { say(name, message.bytes()); }
  void say(const std::string& name, const std::string& bytes) { say_as(instance_of(name), bytes, connections[name]); }
  void say_as(const std::string& instance, const std::string& bytes, ConnectionId connection) {
    wire.sent_by = connection;
    fabric->message(instance, as_bytes(bytes), connection);
    wire.sent_by = -1;
    turn();
  }
  void pong(const std::string& name) {
    MessageWriter writer;
    writer.ping(wire.last_ping, Ack::yes);
    say(name, writer);
  }
  void reply(const std::string& name, StreamId stream, const std::string& body = "") {
    MessageWriter writer;
    writer.headers(stream, Head{{":status", "200"}}, encoder, body.empty() ? Last::yes : Last::no);
    if (!body.empty()) writer.data(stream, as_bytes(body), Last::yes);
    say(name, writer);
  }
  void claim(const std::string& name, StreamId stream) {
    MessageWriter writer;
    writer.window_update(stream, kStreamWindow - kOpeningWindow);
    say(name, writer);
  }

  // A request of which nothing is sent before turn().
  StreamId get(const std::string& path = "/", Last last = Last::yes, Attempt attempt = Attempt::first) {
    return open(Head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", path}}, last,
                Kind::request, attempt);
  }
  StreamId open(const Head& head, Last last, Kind kind = Kind::request, Attempt attempt = Attempt::first) {
    const ExchangeKey key = ++last_exchange;
    exchanges[key] = std::make_unique<RecordingExchange>();
    BackendRequest request{head, last, kind, attempt, route, client};
    if (!affinity.members.empty() || !affinity.key.empty() || is_sticky) request.affinity = &affinity;
    return fabric->open(request, {this, key}).key;
  }
  StreamId ask(const std::string& path = "/", Last last = Last::yes) {
    const StreamId stream = get(path, last);
    turn();
    return stream;
  }
  RecordingExchange& exchange() { return *exchanges.at(last_exchange); }
  std::string last_line() { return wire.log.empty() ? "" : wire.log.back(); }
  std::size_t lines_to(const std::string& name) {
    return static_cast<std::size_t>(std::count_if(
        wire.log.begin(), wire.log.end(), [&](const std::string& line) { return line.starts_with(name + ":"); }));
  }

  FabricSettings settings;
  Route route;
  ClientInfo client;
  Affinity affinity;       // of the next requests
  bool is_sticky = false;  // also without a member or a key
  RecordingWire wire;
  Counters counters;
  std::unique_ptr<Fabric> fabric;
  HpackEncoder encoder;
  std::map<ExchangeKey, std::unique_ptr<RecordingExchange>> exchanges;
  std::map<std::string, ConnectionId> connections;
  std::set<std::string> hung;  // workers that send no heartbeat back
  ExchangeKey last_exchange = 0;
  ConnectionId last_connection = 10;
  Time now = Time{} + std::chrono::hours(1);
  bool is_asked = false;
};

}  // namespace zeroway::test
