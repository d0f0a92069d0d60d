#include "worker-sdk/src/session/worker_session.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

// Answers without any handler: writes down the verbs that come from the router.
class Recorder final : public RequestAnswerer, public StreamReceiver, public LinkSender {
 public:
  explicit Recorder(WorkerOptions given = {}) : options(std::move(given)) {
    session.answer_by(*this);
    session.set_routers({{"ipc://a", {"ipc://a"}}});
    (void)link().new_instance();
    link().up();
    (void)replies();
  }
  RouterLink& link() { return *session.links().front(); }

  // The message arrives, the loop turns; the verbs that came meanwhile.
  std::string turn(MessageWriter& message) {
    session.begin_turn(WorkerClock::time_point() + std::chrono::hours(1));
    const std::string bytes = message.take();
    link().receive(as_bytes(bytes));
    (void)session.end_turn();
    return std::exchange(verbs_, {});
  }
  // The types and streams of the frames that went out.
  std::string replies() {
    const std::string bytes = std::exchange(sent_, {}) + link().out().take();
    std::string text;
    MessageReader reader(as_bytes(bytes));
    while (const auto frame = reader.next().value())
      text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(frame->type)) + ":" +
              std::to_string(frame->stream);
    return text;
  }

  void answer(WorkerStream& given) override {
    note("head " + std::string(given.request().path()));
    stream = &given;
    given.handler_begins();
    given.receive_by(*this);
  }
  bool end_turn() override { return false; }
  [[nodiscard]] WorkerClock::time_point next_timer() const override { return WorkerClock::time_point::max(); }
  void drain() override { note("drain"); }

  void data(Bytes bytes) override { note("data " + std::to_string(bytes.size())); }
  void end(Head* trailers) override { note(trailers == nullptr ? "end" : "end with trailers"); }
  void credit(std::uint32_t bytes) override { note("credit " + std::to_string(bytes)); }
  void reset() override { note("reset"); }
  void let_go() override { note("let go"); }
  [[nodiscard]] std::size_t kept_bytes() const override { return 0; }

  void send(RouterLink& large) override { sent_ += large.out().take(); }

  WorkerOptions options;
  WorkerLog log{"test", false, [](std::string_view) {}};
  WorkerSession session{{options, log, *this}, {}};
  WorkerStream* stream = nullptr;

 private:
  void note(const std::string& verb) { verbs_ += (verbs_.empty() ? "" : " · ") + verb; }

  std::string verbs_, sent_;
};

MessageWriter opening(Last last) {
  MessageWriter message;
  HpackEncoder encoder;
  message.headers(1, Head{{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/x"}}, encoder,
                  last);
  return message;
}

}  // namespace

TEST_CASE("session: a request is answered without handlers and without sockets, verb by verb") {
  Recorder worker;
  MessageWriter message = opening(Last::no);
  message.data(1, as_bytes("hello"), Last::no);
  CHECK(worker.turn(message) == "head /x · data 5");
  message.window_update(1, 7);
  message.data(1, as_bytes("!"), Last::yes);
  CHECK(worker.turn(message) == "credit 7 · data 1 · end");
  (void)worker.replies();
  Head head{{":status", "200"}};
  worker.stream->put_head(head, Last::no);
  worker.stream->put_data("hello", Last::yes);
  worker.stream->handler_done();
  CHECK(worker.replies() == "1:1 0:1");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("session: a receiver that takes no pieces gets none, and the stream is reset both ways") {
  Recorder worker;
  MessageWriter message = opening(Last::no);
  (void)worker.turn(message);
  (void)worker.replies();
  message.piece(1, as_bytes("hello"), MessageKind::text, Last::yes);
  CHECK(worker.turn(message) == "reset · end");
  CHECK(worker.replies() == "3:1");
}

TEST_CASE("session: a lost link resets its streams, and each is free when its handler is done") {
  Recorder worker;
  MessageWriter message = opening(Last::yes);
  CHECK(worker.turn(message) == "head /x · end");
  worker.link().down();
  CHECK(worker.session.streams_in_use() == 1);
  worker.stream->handler_done();
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("session: the answerer learns of the drain after the routers have been told") {
  Recorder worker;
  worker.session.begin_drain();
  CHECK(worker.session.is_draining());
  CHECK(worker.replies() == "7:0");
  MessageWriter none;
  CHECK(worker.turn(none) == "drain");
}

TEST_CASE("session: a request over the capacity is refused, and no answerer sees it") {
  WorkerOptions options;
  options.capacity = 0;
  Recorder worker(options);
  MessageWriter message = opening(Last::yes);
  CHECK(worker.turn(message).empty());
  CHECK(worker.replies() == "3:1");
}
