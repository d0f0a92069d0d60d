// A client, a backend and a clock for exchanges under test: the test says one side's verbs and compares what the other
// side heard, as text: "b1 open GET / last · b1 end" (stream 1 of the backend), "c head 200 · c data 5 · c end".
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "router/exchange/error_reply.h"
#include "router/exchange/exchanges.h"
#include "router/net/timer_wheel.h"
#include "router/observe/counters.h"
#include "router/observe/wall_clock.h"
#include "tests/exchange/one_route.h"

namespace zeroway {

// What was heard, by anybody, in order.
class Heard {
 public:
  void add(std::string verb) {
    if (!text_.empty()) text_ += " · ";
    text_ += verb;
  }
  std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
};

inline std::string trailers_text(const Head& trailers) {
  std::string text;
  for (const Field field : trailers) text += " " + std::string(field.name) + "=" + std::string(field.value);
  return text;
}

class FakeClient final : public ReplySink {
 public:
  FakeClient(Heard& heard, std::string name) : heard_(heard), name_(std::move(name)) {}

  void head(Head& head, Last last) override {
    seen = head;
    say("head " + std::to_string(head.status()) + (last == Last::yes ? " last" : ""));
    if (on_head) on_head();
  }
  void data(Bytes bytes) override {
    body.append(as_text(bytes));
    say("data " + std::to_string(bytes.size()));
    if (on_data) on_data();
  }
  void end(Head& trailers) override {
    say("end" + trailers_text(trailers));
    if (on_end) on_end();
  }
  void reset(const Error& error) override {
    say("reset " + std::string(error_name(error.code)));
    if (on_end) on_end();
  }
  void credit(std::uint32_t bytes) override {
    credit_seen += bytes;
    say("credit " + std::to_string(bytes));
    if (on_credit) on_credit();
  }
  void accept_web_socket(Head& head, const WebSocketTerms& terms) override {
    socket_terms = terms;
    seen = head;
    say("accept web socket");
  }
  void refuse_content() override { say("refuse content"); }
  void hand_over() override { say("hand over"); }
  void over() override { say("over"); }
  bool take_back() override {
    if (!is_unsent) return false;
    say("take back");
    return true;
  }

  bool is_unsent = false;  // nothing of the reply has left
  Head seen;
  WebSocketTerms socket_terms;
  std::string body;
  std::uint64_t credit_seen = 0;
  std::function<void()> on_head, on_data, on_end, on_credit;

 private:
  void say(const std::string& verb) { heard_.add(name_ + " " + verb); }
  Heard& heard_;
  std::string name_;
};

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(Heard& heard) : heard_(heard) {}

  BackendStream open(const BackendRequest& request, ReplyTo reply_to) override {
    seen = request.head;
    asked_by = reply_to.key;
    failed = request.failed;
    has_affinity = request.affinity != nullptr;
    affinity = has_affinity ? *request.affinity : Affinity();
    ++streams;
    say(streams, "open " + std::string(seen.method()) + " " + std::string(seen.path()) +
                     (request.last == Last::yes ? " last" : ""));
    return {this, streams};
  }
  void data(StreamKey stream, Bytes bytes) override {
    body.append(as_text(bytes));
    say(stream, "data " + std::to_string(bytes.size()));
    if (on_data) on_data();
  }
  void end(StreamKey stream, const Head& trailers) override {
    say(stream, "end" + trailers_text(trailers));
    if (on_end) on_end();
  }
  void reset(StreamKey stream, ResetCode code) override {
    say(stream, "reset " + std::to_string(static_cast<unsigned>(code)));
  }
  void credit(StreamKey stream, std::uint32_t bytes) override { say(stream, "credit " + std::to_string(bytes)); }

  std::size_t alternatives(const Backend&) const override { return others; }

  Head seen;
  std::string body;
  ExchangeKey asked_by = 0;
  const Backend* failed = nullptr;  // as the last opening said
  bool has_affinity = false;        // the same
  Affinity affinity;
  std::size_t others = 0;
  StreamKey streams = 0;
  std::function<void()> on_data, on_end;

 private:
  void say(StreamKey stream, const std::string& verb) { heard_.add("b" + std::to_string(stream) + " " + verb); }
  Heard& heard_;
};

// Says what the test wants of every request that is judged. Without a verdict it says `later`.
class FakeJudge final : public AccessJudge {
 public:
  explicit FakeJudge(Heard& heard) : heard_(heard) {}

  Verdict judge(const AccessQuestion& question, VerdictTo to) override {
    asked = to;
    path = question.head.path();
    address = question.address;
    has_route = question.route != nullptr;
    if (real != nullptr) return real->judge(question, to);
    heard_.add("judge");
    if (verdict) return std::move(*std::exchange(verdict, std::nullopt));
    Verdict later{.way = Verdict::Way::later, .patience = std::chrono::seconds(5)};
    later.reply.set("x-judged", "later");
    return later;
  }
  void forget(ExchangeKey key) override { heard_.add(key == asked.key ? "forget" : "forget another"); }

  AccessJudge* real = nullptr;  // is asked in its place
  std::optional<Verdict> verdict;
  VerdictTo asked;
  std::string path, address;
  bool has_route = false;

 private:
  Heard& heard_;
};

struct FakeClock final : WallClock {
  Time time{std::chrono::hours(1)};
  WallTime wall{std::chrono::seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37 GMT, of RFC 9110

  [[nodiscard]] Time now() const override { return time; }
  [[nodiscard]] WallTime wall_now() const override { return wall; }
};

inline Error lost() { return {Fault::backend, Code::backend_lost, false, "w1 went away"}; }
inline Error unseen() { return {Fault::backend, Code::backend_lost, true, "w1 never saw it"}; }
inline Error refused() { return {Fault::backend, Code::backend_refused, true, "w1 has no room"}; }
inline Error silent() { return {Fault::backend, Code::backend_timeout, false, "w1 says nothing", true}; }
inline Error given_up() { return {Fault::backend, Code::backend_reset, false, "w1 reset it"}; }
inline Error no_backend() { return {Fault::router, Code::no_backend, true, "nobody for 5 s"}; }
inline Error cancelled() { return {Fault::client, Code::cancelled, false, "the client went away"}; }

inline EdgeSettings with_terms(const RequestTerms& terms, const WebSocketSettings& web_sockets) {
  EdgeSettings edge;
  edge.limits.max_body = terms.max_body;
  edge.limits.body_rate = terms.body_rate;
  edge.limits.body_timeout = terms.body_timeout;
  edge.web_sockets = web_sockets;
  return edge;
}

// Everything around one exchange (or several: `key` is the last begun).
class Script {
 public:
  explicit Script(ExchangeSettings with = {}, const RequestTerms& with_terms = {}, WebSocketSettings with_sockets = {})
      : settings(std::move(with)), terms(with_terms), web_sockets(std::move(with_sockets)) {}

  Script& begin(Kind kind = Kind::request) {
    key = exchanges.open(client, info, kind, clock.time);
    return *this;
  }
  // A request with nothing after its head.
  Script& ask(std::string_view method, std::string_view path = "/") {
    begin(method == "CONNECT" ? Kind::web_socket : Kind::request).ask_more(method, path, Last::yes);
    Head none;
    if (StreamSink* to = exchanges.from_client(key)) to->end(none);
    return *this;
  }
  // A request that goes on.
  Script& ask_more(std::string_view method, std::string_view path = "/", Last last = Last::no) {
    Head head{{":method", method}, {":scheme", "http"}, {":path", path}, {":authority", "example.com"}};
    if (has_idempotency_key) head.add("idempotency-key", "k1");
    exchanges.from_client(key)->head(head, last);
    return *this;
  }
  // An opening of a WebSocket: nothing follows until it is accepted.
  Script& ask_socket() { return begin(Kind::web_socket).ask_more("CONNECT", "/ws"); }
  Script& send(std::size_t bytes) { return send(std::string(bytes, 'x')); }
  Script& send(const std::string& bytes) {
    if (StreamSink* to = exchanges.from_client(key)) to->data(as_bytes(bytes));
    return *this;
  }
  Script& send_end(Head trailers = {}) {
    if (StreamSink* to = exchanges.from_client(key)) to->end(trailers);
    return *this;
  }
  Script& cancel() {
    if (StreamSink* to = exchanges.from_client(key)) to->reset(cancelled());
    return *this;
  }

  Script& accept(std::string_view worker = "w1") {
    if (BackendEvents* to = exchanges.find(key)) to->accepted({worker, worker});
    return *this;
  }
  Script& reply(std::string_view status, Last last = Last::no, Head more = {}) {
    Head head{{":status", status}};
    for (const Field field : more) head.add(field.name, field.value);
    if (BackendEvents* to = exchanges.find(key)) to->head(head, last);
    return *this;
  }
  Script& reply_data(std::size_t bytes) {
    const std::string text(bytes, 'y');
    if (BackendEvents* to = exchanges.find(key)) to->data(as_bytes(text));
    return *this;
  }
  Script& reply_end(Head trailers = {}) {
    if (BackendEvents* to = exchanges.find(key)) to->end(trailers);
    return *this;
  }
  Script& hand_over() {
    if (BackendEvents* to = exchanges.find(key)) to->hand_over();
    return *this;
  }
  Script& grant(std::uint32_t bytes) {
    if (BackendEvents* to = exchanges.find(key)) to->credit(bytes);
    return *this;
  }
  Script& fail(const Error& error) {
    if (BackendEvents* to = exchanges.find(key)) to->reset(error);
    return *this;
  }
  Script& pass(std::chrono::milliseconds time) {
    clock.time += time;
    exchanges.sweep(clock.time);
    return *this;
  }

  std::string heard() { return all.take(); }
  [[nodiscard]] bool is_over() { return exchanges.from_client(key) == nullptr && exchanges.find(key) == nullptr; }

  ExchangeSettings settings;
  RequestTerms terms;
  WebSocketSettings web_sockets;
  Heard all;
  FakeClient client{all, "c"};
  FakeBackend backend{all};
  FakeClock clock;
  Counters counters;
  OneRoute route{settings, backend, with_terms(terms, web_sockets)};
  ClientInfo info{.address = "192.0.2.1", .listener = &route.listener};
  FakeJudge judge{all};
  Exchanges exchanges{settings, counters, clock, &judge};
  ExchangeKey key = 0;
  bool has_idempotency_key = false;
};

}  // namespace zeroway
