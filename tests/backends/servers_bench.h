// A pool of servers without a network: dials that a test answers, connections whose bytes it scripts, and exchanges
// that write down what they are told.
//
// Owner: the test.   Thread: its loop. The codecs are the real ones.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "router/backends/servers_backend.h"
#include "router/http/h1_client_codec.h"
#include "router/plan/route.h"
#include "tests/support/run_until.h"

namespace zeroway::test {

// One connection, as the server sees it. Stays when the backend has destroyed its end.
struct ServerEnd {
  std::string got;         // what was sent since the last look
  int sends = 0;           // in how many calls
  std::string queue;       // sent, and refused by the kernel
  bool is_jammed = false;  // the kernel takes nothing
  bool is_closed = false;  // in order
  bool has_fin = false;    // our side alone has ended
  bool is_reset = false;
  bool is_destroyed = false;
  bool is_paused = false;
  std::string kept;  // said by the server, not taken
  ConnectionEvents* events = nullptr;

  // What the server got since the last call.
  std::string take() { return std::exchange(got, {}); }
  void say(std::string_view text) {
    kept.append(text);
    if (!is_paused) offer();
  }
  void offer() {
    if (kept.empty()) return;
    const std::string all = std::exchange(kept, {});
    const std::size_t taken = events->received(as_bytes(all));
    kept = all.substr(taken) + kept;
  }
  void close() { events->input_ended(); }
  void break_off() { events->lost(); }
  void take_queue(std::size_t bytes) {
    got += queue.substr(0, bytes);
    queue.erase(0, bytes);
    events->written();
  }
};

class ScriptedConnection final : public Connection {
 public:
  explicit ScriptedConnection(std::shared_ptr<ServerEnd> server) : server_(std::move(server)) {}
  ~ScriptedConnection() override { server_->is_destroyed = true; }

  void serve(ConnectionEvents& events) override { server_->events = &events; }
  bool send(std::string& bytes) override {
    ++server_->sends;
    (server_->is_jammed ? server_->queue : server_->got) += std::exchange(bytes, {});
    return true;
  }
  std::size_t queued() const override { return server_->queue.size(); }
  Time last_progress() const override { return {}; }
  void pause(PauseReason) override { server_->is_paused = true; }
  void resume(PauseReason) override { server_->is_paused = false; }
  void offer() override { server_->offer(); }
  std::size_t kept() const override { return server_->kept.size(); }
  void end_output() override { server_->has_fin = true; }
  void reset() override { server_->is_reset = true; }
  bool close(Linger) override {
    server_->is_closed = true;
    return server_->queue.empty();
  }
  bool is_closing() const override { return server_->is_closed; }

 private:
  std::shared_ptr<ServerEnd> server_;
};

// A protocol of lines, with many requests at once on a connection. The server gets "NUMBER PATH" for each request and
// "NUMBER: TEXT" for each piece, and answers "NUMBER STATUS", "refuse NUMBER", or "room COUNT".
class LineCodec final : public ClientCodec {
 public:
  explicit LineCodec(std::size_t with_room, Kind with_kind = Kind::request) : most_(with_room), kind_(with_kind) {}

  std::size_t room() const override { return is_finished_ ? 0 : most_ - std::min(most_, open_.size()); }
  bool is_finished() const override { return is_finished_; }
  bool serves(Kind kind) const override { return kind == kind_; }
  CodecStream open(const Head& head, Last, Kind) override {
    open_.push_back(++last_);
    output_ += std::to_string(last_) + " " + std::string(head.find(":scheme").value_or("")) + " " +
               std::string(head.path()) + "\n";
    return last_;
  }
  void data(CodecStream, Bytes) override {}
  void piece(CodecStream number, Bytes bytes, MessageKind, Last) override {
    output_ += std::to_string(number) + ": " + std::string(as_text(bytes)) + "\n";
  }
  void end(CodecStream, const Head&) override {}
  void reset(CodecStream number, ResetCode) override {
    std::erase(open_, number);
    output_ += "reset " + std::to_string(number) + "\n";
  }
  void credit(CodecStream, std::uint32_t) override {}
  std::size_t read(Bytes input, ReplyEvents& events) override {
    const std::string line(as_text(input));
    const std::size_t space = line.find(' ');
    const std::string rest = line.substr(space + 1);
    if (line.starts_with("room")) {
      most_ = std::stoul(rest);
    } else if (line.starts_with("refuse")) {
      const auto number = static_cast<CodecStream>(std::stoul(rest));
      std::erase(open_, number);
      events.reset(number, {Fault::backend, Code::backend_refused, true, "refused"});
    } else {
      const auto number = static_cast<CodecStream>(std::stoul(line));
      Head head{{":status", rest}}, none;
      const bool is_socket = kind_ == Kind::web_socket;
      events.head(number, head, is_socket ? Last::no : Last::yes);
      if (is_socket) {
        events.piece(number, as_bytes(std::string_view("hello")), MessageKind::text, Last::yes);
        return input.size();
      }
      std::erase(open_, number);
      events.end(number, none);
    }
    return input.size();
  }
  bool wants_input() const override { return true; }
  void input_ended(InputEnd, ReplyEvents& events) override {
    is_finished_ = true;
    for (const CodecStream number : std::exchange(open_, {}))
      events.reset(number, {Fault::backend, Code::backend_lost, false, "lost"});
  }
  std::string& output() override { return output_; }
  void written(std::size_t, ReplyEvents&) override {}
  bool has_reply_begun(CodecStream) const override { return false; }

 private:
  std::size_t most_;
  Kind kind_;
  std::vector<CodecStream> open_;
  CodecStream last_ = 0;
  std::string output_;
  bool is_finished_ = false;
};

// Keeps dials until the test answers them.
class ScriptedDialer final : public OriginDialer {
 public:
  struct Dial final : OriginDialing {
    explicit Dial(ScriptedDialer& with) : dialer(with) {}
    ~Dial() override { std::erase(dialer.dials, this); }
    ScriptedDialer& dialer;
    std::string server;
    bool only_http1 = false;
    std::string client;
    std::chrono::milliseconds deadline{};
    Done done;
  };

  std::unique_ptr<OriginDialing> dial(const OriginWish& wish, Done done) override {
    auto made = std::make_unique<Dial>(*this);
    made->server = wish.server.name;
    made->only_http1 = wish.only_http1;
    made->client = wish.client ? wish.client->address : "";
    made->deadline = wish.deadline;
    made->done = std::move(done);
    dials.push_back(made.get());
    ++count;
    return made;
  }

  std::unique_ptr<OriginDialing> follow(const ServerSpec&, Followed done) override {
    followed = std::move(done);
    return nullptr;
  }

  Followed followed;  // of the last call

  std::vector<Dial*> dials;  // not answered yet, oldest first
  int count = 0;
};

// Writes down what it is told: "accepted a · head 200 · data 5 · end".
class Told final : public BackendEvents {
 public:
  void accepted(const Holder& holder) override { note("accepted " + std::string(holder.name)); }
  void head(Head& head, Last last) override {
    note("head " + std::to_string(head.status()) + (last == Last::yes ? " last" : ""));
    heads.push_back(head);
    if (on_head) on_head();
  }
  void data(Bytes bytes) override {
    body += as_text(bytes);
    note("data " + std::to_string(bytes.size()));
    if (on_data) on_data();
  }
  void piece(Bytes bytes, MessageKind, Last) override { note("piece " + std::string(as_text(bytes))); }
  void end(Head& trailers) override {
    note(trailers.is_empty() ? "end" : "end with trailers");
    is_over = !is_tunnel;
    if (on_end) on_end();
  }
  void reset(const Error& error) override {
    note("reset " + code_name(error.code) + (error.retry_safe ? " unseen" : ""));
    detail = error.detail;
    has_other = error.has_other;
    is_over = true;
  }
  void credit(std::uint32_t bytes) override { credited += bytes; }

  std::string take() { return std::exchange(log, {}); }

  static std::string code_name(Code code) {
    switch (code) {
      case Code::backend_lost:
        return "backend_lost";
      case Code::backend_reset:
        return "backend_reset";
      case Code::backend_protocol:
        return "backend_protocol";
      case Code::backend_timeout:
        return "backend_timeout";
      case Code::no_backend:
        return "no_backend";
      case Code::backends_busy:
        return "backends_busy";
      case Code::queue_full:
        return "queue_full";
      default:
        return "code " + std::to_string(static_cast<int>(code));
    }
  }

  std::string log, body, detail;
  std::vector<Head> heads;
  std::uint64_t credited = 0;
  bool is_over = false;
  bool is_tunnel = false;  // the end of one direction is not the end
  bool has_other = false;  // with reset()
  std::function<void()> on_head, on_data, on_end;

 private:
  void note(const std::string& text) { log += (log.empty() ? "" : " · ") + text; }
};

class Listeners final : public ExchangeFinder {
 public:
  BackendEvents* find(ExchangeKey key) override {
    const auto found = listeners.find(key);
    return found == listeners.end() || found->second->is_over ? nullptr : found->second.get();
  }
  std::map<ExchangeKey, std::shared_ptr<Told>> listeners;
};

inline PoolSpec pool_of(std::vector<std::string> names) {
  PoolSpec spec;
  spec.name = "app";
  for (const std::string& name : names) {
    ServerSpec server;
    server.name = name + ":80";
    server.host = name;
    spec.servers.push_back(server);
  }
  return spec;
}

inline Head get(std::string_view path = "/") {
  return Head{{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "site"}};
}
inline Head post(std::string_view length) {
  return Head{
      {":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "site"}, {"content-length", length}};
}

struct Request {
  StreamKey key = 0;
  std::shared_ptr<Told> listener;
  [[nodiscard]] std::string take() const { return listener->take(); }
};

// One loop's backend of a pool, which may be shared with other benches.
struct ServersBench {
  explicit ServersBench(PoolSpec spec, IdleLimits idle = {})
      : ServersBench(*ServersPool::make(std::move(spec)), idle) {}
  explicit ServersBench(std::shared_ptr<ServersPool> shared, IdleLimits idle = {}) : pool(std::move(shared)) {
    codec_settings.random = &random;
    backend = std::make_unique<ServersBackend>(loop, pool, dialer, idle);
  }

  void turn() {
    loop.stop();
    loop.run();
  }
  bool turn_until(const std::function<bool()>& is_so) { return run_until(loop, is_so, std::chrono::seconds(60)); }

  Request open(const Head& head, Last last = Last::yes, Kind kind = Kind::request, Attempt attempt = Attempt::first) {
    const ExchangeKey key = ++last_key;
    Request request;
    request.listener = exchanges.listeners[key] = std::make_shared<Told>();
    BackendRequest asked{head, last, kind, attempt, route, client, silent};
    if (!affinity.members.empty() || !affinity.key.empty()) asked.affinity = &affinity;
    request.key = backend->open(asked, {&exchanges, key}).key;
    CHECK(request.listener->log == "");  // no verb before open() returns
    if (last == Last::yes) backend->end(request.key, Head{});
    return request;
  }

  // The oldest dial succeeds.
  std::shared_ptr<ServerEnd> connect(std::unique_ptr<ClientCodec> codec = nullptr, bool is_http2 = false) {
    REQUIRE(!dialer.dials.empty());
    auto server = std::make_shared<ServerEnd>();
    const auto done = dialer.dials.front()->done;
    if (!codec) codec = std::make_unique<H1ClientCodec>(codec_settings);
    done(DialedOrigin{std::make_unique<ScriptedConnection>(server), std::move(codec), is_http2,
                      SocketAddress::numeric("127.0.0.1", port)});
    turn();
    return server;
  }
  // The oldest dial fails.
  void refuse(Code code = Code::backend_lost, Fault fault = Fault::backend) {
    REQUIRE(!dialer.dials.empty());
    const auto done = dialer.dials.front()->done;
    done(Error{fault, code, true, "connection refused"});
    turn();
  }
  [[nodiscard]] std::string dialled() const { return dialer.dials.empty() ? "" : dialer.dials.front()->server; }
  // A request is answered over a new connection, which is kept.
  std::shared_ptr<ServerEnd> kept_connection() {
    const Request request = open(get());
    turn();
    auto server = connect();
    server->take();
    server->say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    turn();
    CHECK(request.listener->is_over);
    return server;
  }

  Loop loop;
  std::shared_ptr<ServersPool> pool;
  ScriptedDialer dialer;
  SystemRandomness random;
  ClientCodecSettings codec_settings;
  Listeners exchanges;
  ExchangeKey last_key = 0;
  std::string silent;      // who was silent before the next requests
  Affinity affinity;       // of the next requests
  std::uint16_t port = 1;  // of the address that the next dials reach
  Route route;
  ClientInfo client{.address = "192.0.2.1"};
  std::unique_ptr<ServersBackend> backend;
};

}  // namespace zeroway::test
