#include "zeroway/websocket.h"

#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

Task<void> echo(WebSocket& socket) {
  socket.accept(socket.offers("echo") ? "echo" : "");
  while (const auto message = co_await socket.receive()) co_await socket.send(*message);
}

Task<void> echo_pieces(WebSocket& socket) {
  while (const auto piece = co_await socket.receive_piece()) co_await socket.send_piece(*piece);
}

struct Sockets : ScriptedWorker {
  explicit Sockets(WebSocketHandler handler, WorkerOptions given = {}) : ScriptedWorker(std::move(given)) {
    runner.add_handler("/*", std::move(handler));
  }
  // Opened, and what was said to that is forgotten.
  Sockets& begin(StreamId id, std::string_view path = "/") {
    open(id, websocket(path), Last::no).turn();
    return *this;
  }
};

WorkerOptions with_drain(std::chrono::milliseconds time) {
  WorkerOptions options;
  options.drain_timeout = time;
  return options;
}

const std::string kBye = "head 1 close-code=1000 close-reason=bye end";

}  // namespace

TEST_CASE("websocket: accepted by a 200 without an end, echoes text and binary, answers the close") {
  Sockets worker(echo);
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "head 1 :status=200");
  CHECK(worker.message(1, "hi").turn() == "credit 1 196610 · text 1 hi");
  CHECK(worker.message(1, "", MessageKind::binary).turn() == "binary 1 ");
  CHECK(worker.message(1, "a", MessageKind::text, Last::no).turn() == "");
  CHECK(worker.message(1, "b").message(1, "c").turn() == "text 1 ab · text 1 c");
  CHECK(worker.fields(1, {{"close-code", "1000"}, {"close-reason", "bye"}}).turn() == "head 1 close-code=1000 end");
  CHECK(worker.session.streams_in_use() == 0);
  CHECK(worker.lines.size() == 1);
}

TEST_CASE("websocket: the subprotocol is one that was offered") {
  Sockets worker(echo);
  CHECK(worker.open(1, Sockets::websocket("/", "chat,\techo "), Last::no).turn() ==
        "head 1 :status=200 sec-websocket-protocol=echo");
  CHECK(worker.open(3, Sockets::websocket("/", "echo2, ech"), Last::no).turn() == "head 3 :status=200");
}

TEST_CASE("websocket: the handler sees the request, and its own fields reach the client") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    CHECK(socket.method() == "CONNECT");
    CHECK(socket.rest() == "room/7");
    CHECK(socket.raw_query() == "a=b");
    socket.accept({}, {{"X-Room", "7"}});
    co_return;
  });
  CHECK(worker.open(1, Sockets::websocket("/room/7?a=b"), Last::no).turn() ==
        "head 1 :status=200 x-room=7 · head 1 close-code=1000 end");
}

TEST_CASE("websocket: refused with status, fields and body") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    if (socket.path() == "/no") socket.refuse(401, "who are you\n", {{"www-authenticate", "Basic"}});
    if (socket.path() == "/error") throw StatusError(429, "slowly\n");
    if (socket.path() == "/crash") throw std::runtime_error("oh");
    if (socket.path() == "/close") socket.close(1000);
    co_return;
  });
  CHECK(worker.open(1, Sockets::websocket("/no"), Last::no).turn() ==
        "head 1 :status=401 www-authenticate=Basic content-length=12 · data 1 who are you\n end");
  CHECK(worker.open(3, Sockets::websocket("/error"), Last::no).turn().starts_with("head 3 :status=429 "));
  CHECK(worker.open(5, Sockets::websocket("/crash"), Last::no).turn().starts_with("head 5 :status=500 "));
  CHECK(worker.open(7, Sockets::websocket("/close"), Last::no).turn().starts_with("head 7 :status=403 "));
  CHECK(worker.open(9, Sockets::websocket("/nothing"), Last::no).turn().starts_with("head 9 :status=403 "));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a handler that decides later claims its stream first") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    co_await socket.sleep(10ms);
    socket.accept();
    socket.close(1000, "bye");
  });
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "credit 1 196608");
  worker.now += 10ms;
  CHECK(worker.turn() == "head 1 :status=200 · " + kBye);
}

TEST_CASE("websocket: handlers of ordinary requests are not asked, nor the other way round") {
  Sockets worker(echo);
  worker.runner.add_handler(
      "*", "/*", [](Request&, Reply& reply) { reply.send("hello"); }, Handlers::Kind::on_loop);
  CHECK(worker.open(1, Sockets::get("/")).turn().ends_with("data 1 hello end"));
  ScriptedWorker plain;
  plain.runner.add_handler(
      "*", "/*", [](Request&, Reply& reply) { reply.send("hello"); }, Handlers::Kind::on_loop);
  CHECK(plain.open(1, Sockets::websocket("/"), Last::no).turn().starts_with("head 1 :status=404 "));
}

TEST_CASE("websocket: the client's close ends receiving, behind what it sent before, and tells code and reason") {
  std::string seen;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    socket.accept();
    co_await socket.send_text("first");
    while (const auto message = co_await socket.receive()) seen += std::string(message->bytes) + " ";
    seen += std::to_string(socket.close_code()) + " " + std::string(socket.close_reason());
    CHECK(socket.is_closed());
    co_await socket.send_text("too late");
    seen += "not reached";
  });
  const auto closed_by = [&](const Head& fields) {
    seen.clear();
    worker.begin(1).message(1, "a").message(1, "b").fields(1, fields);
    return worker.turn();
  };
  CHECK(closed_by({{"close-code", "4001"}, {"close-reason", "done"}}) ==
        "credit 1 196609 · head 1 close-code=4001 end");
  CHECK(seen == "a b 4001 done");
  seen.clear();
  CHECK(worker.begin(3).data(3, "", Last::yes).turn() == "data 3  end");
  CHECK(seen == "1005 ");
  CHECK(worker.session.streams_in_use() == 0);
  CHECK(worker.lines.size() == 1);
}

TEST_CASE("websocket: what a client sent before it broke a rule is answered, however late, then comes our end") {
  std::string seen;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    socket.accept();
    while (const auto message = co_await socket.receive()) {
      const std::string text(message->bytes);
      if (text == "slow") co_await socket.sleep(2s);
      co_await socket.send_text(text);
    }
    seen = std::to_string(socket.close_code()) + " " + std::string(socket.close_reason());
    CHECK_THROWS_AS(co_await socket.send_text("too late"), Cancelled);
  });
  const Head broken{{"close-code", "1006"}, {"close-reason", "a reserved bit"}};
  worker.begin(1).message(1, "a").message(1, "slow").message(1, "b").fields(1, broken);
  CHECK(worker.turn() == "credit 1 196609 · text 1 a");
  worker.now += 2s;
  CHECK(worker.turn() == "text 1 slow · text 1 b · data 1  end");
  CHECK(seen == "1006 a reserved bit");
  seen.clear();
  CHECK(worker.begin(3).fields(3, broken).turn() == "data 3  end");
  CHECK(seen == "1006 a reserved bit");
  CHECK(worker.begin(5).message(5, "a").message(5, "half", MessageKind::text, Last::no).fields(5, broken).turn() ==
        "credit 5 196609 · text 5 a · data 5  end");
  CHECK(worker.session.streams_in_use() == 0);
  CHECK(worker.lines.size() == 1);
}

TEST_CASE("websocket: pieces from before a broken rule are answered, also those that wait for credit") {
  Sockets worker(echo_pieces);
  CHECK(worker.begin(1).message(1, "a").turn() == "credit 1 196609 · text 1 a");
  for (int i = 0; i < 3; ++i) worker.message(1, std::string(65'536, 'x'));
  worker.fields(1, {{"close-code", "1006"}});
  CHECK(worker.turn() == "text 1 65535 …");
  CHECK(worker.credit(1, 65'537).turn() == "text 1 x · text 1 65536");
  CHECK(worker.credit(1, 65'535).turn() == "text 1 65535 …");
  CHECK(worker.credit(1, 1).turn() == "text 1 x · data 1  end");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a handler that does not ask for more after a broken rule ends by itself, or with its client") {
  std::string seen;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    (void)co_await socket.receive();
    if (socket.path() == "/close") co_return socket.close(4000, "enough");
    if (socket.path() == "/fail") throw std::runtime_error("oh");
    if (socket.path() == "/return") co_return;
    try {
      co_await socket.sleep(1h);
    } catch (const Cancelled&) {
      seen = "cancelled " + std::to_string(socket.close_code());
    }
  });
  const auto after_rule = [&](StreamId id, std::string_view path) {
    worker.begin(id, path).message(id, "go").fields(id, {{"close-code", "1006"}});
    return worker.turn();
  };
  CHECK(after_rule(1, "/return").ends_with("head 1 close-code=1000 end"));
  CHECK(after_rule(3, "/close").ends_with("head 3 close-code=4000 close-reason=enough end"));
  CHECK(after_rule(5, "/fail").ends_with("reset 5 2"));
  CHECK(after_rule(7, "/sleep") == "credit 7 196610");
  CHECK(worker.reset(7).turn() == "");
  CHECK(seen == "cancelled 1006");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a lost client is 1006 for who receives, Cancelled for who sends or sleeps") {
  std::string seen;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    socket.accept();
    const std::stop_callback told(socket.stop_token(), [&] { seen += "told "; });
    try {
      if (socket.path() == "/receive") CHECK_FALSE((co_await socket.receive()).has_value());
      if (socket.path() == "/piece") CHECK_FALSE((co_await socket.receive_piece()).has_value());
      if (socket.path() == "/send") co_await socket.send_text(std::string(kFirstReplyWindow + 1, 'x'));
      if (socket.path() == "/sleep") co_await socket.sleep(1h);
    } catch (const Cancelled&) {
      seen += "cancelled ";
    }
    seen += std::to_string(socket.close_code());
  });
  for (const auto& [path, expected] : {std::pair{"/receive", "told 1006"},
                                       {"/piece", "told 1006"},
                                       {"/send", "told cancelled 1006"},
                                       {"/sleep", "told cancelled 1006"}}) {
    seen.clear();
    worker.begin(1, path);
    CHECK(worker.reset(1).turn() == "");
    CHECK(seen == expected);
    CHECK(worker.session.streams_in_use() == 0);
  }
}

TEST_CASE("websocket: sending waits for credit, and the order stays") {
  int sent = 0;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    for (; sent < 10; ++sent) co_await socket.send_binary(std::string(100'000, 'x'));
    socket.close(1000, "bye");
  });
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "head 1 :status=200 · binary 1 65536 …");
  CHECK(worker.credit(1, 196'608).turn() == "binary 1 34464 · binary 1 65536 … · binary 1 34464 · binary 1 62144 …");
  CHECK(sent == 2);
  CHECK(worker.credit(1, 37'855).turn() == "binary 1 37855 …");
  CHECK(sent == 2);
  CHECK(worker.credit(1, 2).turn() == "binary 1 x · binary 1 x …");
  CHECK(sent == 3);
  CHECK(worker.credit(1, 10'000'000).turn().ends_with(" · binary 1 34464 · " + kBye));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a client that sends is credited as its messages are taken") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    co_await socket.sleep(1s);
    while (co_await socket.receive_piece()) {
    }
  });
  worker.begin(1);
  for (int i = 0; i < 4; ++i) worker.message(1, std::string(65'536, 'x'), MessageKind::binary, Last::no);
  CHECK(worker.turn() == "");
  worker.now += 1s;
  CHECK(worker.turn() == "head 1 :status=200 · credit 1 262144");
  for (int i = 0; i < 4; ++i) worker.message(1, std::string(65'536, 'x'), MessageKind::binary, Last::no);
  CHECK(worker.turn() == "credit 1 262144");
}

TEST_CASE("websocket: more than the credit, DATA, and messages on other streams break the stream off") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    socket.accept();
    co_await socket.sleep(1h);
  });
  worker.begin(1);
  for (int i = 0; i < 2; ++i) worker.message(1, std::string(65'536, 'x'));
  CHECK(worker.turn() == "reset 1 3");
  CHECK(worker.begin(3).data(3, "body").turn() == "reset 3 1");
  worker.runner.add_handler("*", "/*",
                            [](AsyncRequest& request, AsyncReply&) -> Task<void> { co_await request.sleep(1h); });
  worker.open(5, Sockets::get("/", "POST"), Last::no).turn();
  CHECK(worker.message(5, "hi").turn() == "reset 5 1");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: empty messages that nobody takes are bounded: each counts as a byte") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    socket.accept();
    co_await socket.sleep(1h);
  });
  worker.begin(1);
  std::string out;
  for (int message = 0; message < 9 && out.empty(); ++message) {
    for (int i = 0; i < 50'000; ++i) worker.message(1, "");
    out = worker.turn();
  }
  CHECK(out == "reset 1 3");
}

TEST_CASE("websocket: empty messages wait for credit, and what is read of them is given back") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    while (const auto message = co_await socket.receive()) socket.post_text(message->bytes);
  });
  worker.begin(1);
  std::string out;
  std::size_t credits = 0;
  std::size_t sent = 0;
  for (int turn = 0; turn < 5; ++turn) {
    for (int i = 0; i < 65'536; ++i) worker.message(1, "");
    out = worker.turn();
    for (std::size_t at = 0; (at = out.find("text 1 ", at)) != std::string::npos; ++at) ++sent;
    for (std::size_t at = 0; (at = out.find("credit 1 ", at)) != std::string::npos; ++at) ++credits;
  }
  CHECK(credits == 3);  // the first is the rest of the window
  CHECK(sent == kFirstReplyWindow);
  CHECK(worker.credit(1, 1).turn() == "text 1 ");
}

TEST_CASE("websocket: pieces pass through as they come; a message that never ends needs no memory") {
  Sockets worker(echo_pieces);
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "head 1 :status=200");
  CHECK(worker.message(1, "a", MessageKind::binary, Last::no).turn() == "credit 1 196609 · binary 1 a …");
  CHECK(worker.message(1, "b", MessageKind::binary, Last::no).message(1, "c", MessageKind::binary).turn() ==
        "binary 1 bc");
  CHECK(worker.message(1, "", MessageKind::text, Last::no).turn() == "");
  CHECK(worker.message(1, "").turn() == "text 1 ");
}

TEST_CASE("websocket: too long a message is closed with 1009 (RFC 6455 §7.4.1), before it is all there") {
  int code = 0;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    CHECK((co_await socket.receive(5)).value().bytes == "12345");
    CHECK_FALSE((co_await socket.receive(5)).has_value());
    code = socket.close_code();
  });
  CHECK(worker.begin(1).message(1, "12345").turn() == "credit 1 196613");
  CHECK(worker.message(1, "1234", MessageKind::text, Last::no).turn() == "");
  CHECK(worker.message(1, "56", MessageKind::text, Last::no).turn() ==
        "head 1 close-code=1009 close-reason=a message of more than 5 bytes end");
  CHECK(code == 1009);
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: our close is the last word, also for what waits to be received") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    CHECK_THROWS_AS(socket.close(1005), std::invalid_argument);
    CHECK_THROWS_AS(socket.close(2000), std::invalid_argument);
    CHECK_THROWS_AS(socket.close(1000, std::string(124, 'x')), std::invalid_argument);
    CHECK_THROWS_AS(socket.close(1000, "a\nb"), std::invalid_argument);
    CHECK_THROWS_AS(socket.refuse(200), std::invalid_argument);
    socket.accept();
    CHECK_THROWS_AS(socket.refuse(404), std::logic_error);
    co_await socket.sleep(1s);
    socket.close(4999, "bye");
    CHECK(socket.close_code() == 4999);
    socket.close(1000);
    CHECK_FALSE((co_await socket.receive()).has_value());
    socket.post_text("ignored");
  });
  worker.begin(1).message(1, "unread").turn();
  worker.now += 1s;
  CHECK(worker.turn() == "head 1 close-code=4999 close-reason=bye end");
  CHECK(worker.message(1, "late").fields(1, {{"close-code", "4999"}}).turn() == "");
}

TEST_CASE("websocket: an exception after the acceptance resets, which is 1011 for the client") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    (void)co_await socket.receive();
    throw std::runtime_error("oh");
  });
  CHECK(worker.begin(1).message(1, "x").turn() == "credit 1 196609 · reset 1 2");
  CHECK(worker.lines.back() == "handler of CONNECT / failed: oh");
}

TEST_CASE("websocket: posting never waits, and not between the pieces of another message") {
  WebSocket* posted = nullptr;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    posted = &socket;
    co_await socket.send_piece({.bytes = "a", .is_text = false, .is_last = false});
    (void)co_await socket.receive();
    co_await socket.send_piece({.bytes = "b", .is_text = false});
    (void)co_await socket.receive();
    posted = nullptr;
  });
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "head 1 :status=200 · binary 1 a …");
  posted->post_text("one");
  posted->post_text("two");
  CHECK(posted->backlog() == 6);
  CHECK(worker.turn() == "");
  CHECK(worker.message(1, "go").turn() == "credit 1 196610 · binary 1 b · text 1 one · text 1 two");
  posted->post_binary(std::string(kFirstReplyWindow, 'x'));
  CHECK(posted->backlog() == 8);
  worker.turn();
  CHECK(worker.credit(1, 8).turn() == "binary 1 xxxxxxxx");
  CHECK(worker.fields(1, {{"close-code", "1001"}}).turn() == "head 1 close-code=1001 end");
  CHECK(posted == nullptr);
}

TEST_CASE("websocket: abort closes at once, before what waits for the client") {
  std::string seen;
  WebSocket* posted = nullptr;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    CHECK_THROWS_AS(socket.abort(1005), std::invalid_argument);
    CHECK_THROWS_AS(socket.abort(1000, std::string(124, 'x')), std::invalid_argument);
    posted = &socket;
    CHECK_THROWS_AS(co_await socket.send_binary(std::string(2 * kFirstReplyWindow, 'x')), Cancelled);
    seen += std::to_string(socket.close_code()) + " " + std::string(socket.close_reason());
    CHECK(socket.backlog() == 0);
    socket.abort(1000);  // it is over already
    posted = nullptr;
  });
  CHECK(worker.begin(1).session.streams_in_use() == 1);
  posted->post_text("behind");
  CHECK(posted->backlog() == kFirstReplyWindow + 6);
  posted->abort(1013, "too slow");
  CHECK(worker.turn() == "head 1 close-code=1013 close-reason=too slow end");
  CHECK(seen == "1013 too slow");
  CHECK(posted == nullptr);
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: abort gives up what a close has left behind; its code stays") {
  WebSocket* posted = nullptr;
  Sockets worker([&](WebSocket& socket) -> Task<void> {
    posted = &socket;
    socket.post_text(std::string(kFirstReplyWindow, 'x') + "rest");
    socket.close(1000, "bye");
    CHECK_THROWS_AS(co_await socket.sleep(1h), Cancelled);
    socket.abort(1013);
    socket.abort(1013);
  });
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn() == "head 1 :status=200 · text 1 65536 … · " + kBye);
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: abort refuses what was not accepted; of a lost client it is ignored") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    if (socket.path() == "/lost") (void)co_await socket.receive();
    socket.abort();
  });
  CHECK(worker.open(1, Sockets::websocket("/"), Last::no).turn().starts_with("head 1 :status=403 "));
  CHECK(worker.begin(3, "/lost").reset(3).turn() == "");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: what waits for credit goes out after the handler's end, then the close") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    socket.accept();
    socket.post_text(std::string(kFirstReplyWindow, 'x') + "rest");
    co_return;
  });
  worker.begin(1);
  CHECK(worker.session.streams_in_use() == 1);
  CHECK(worker.credit(1, 2).turn() == "text 1 re …");
  CHECK(worker.credit(1, 2).turn() == "text 1 st · head 1 close-code=1000 end");
  CHECK(worker.session.streams_in_use() == 0);
  worker.begin(3);
  CHECK(worker.reset(3).turn() == "");
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a draining worker closes all with 1012, spread over the time, and takes no more") {
  constexpr StreamId kSockets = 100;
  std::vector<int> codes;
  Sockets worker(
      [&](WebSocket& socket) -> Task<void> {
        socket.accept();
        while (co_await socket.receive()) {
        }
        codes.push_back(socket.close_code());
      },
      with_drain(1'000ms));
  for (StreamId id = 1; id <= kSockets; ++id) worker.begin(id);
  worker.session.begin_drain();
  CHECK(worker.turn().starts_with("goaway"));  // the first may be closed at once
  CHECK(worker.open(777, Sockets::websocket("/"), Last::no).turn() == "reset 777 7");
  worker.now += 400ms;
  (void)worker.turn();
  CHECK(codes.size() >= 45);
  CHECK(codes.size() <= 55);
  worker.now += 400ms;
  CHECK(worker.turn().ends_with(" close-code=1012 close-reason=the worker is leaving end"));
  CHECK((codes == std::vector<int>(kSockets, 1012)));
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: one that is not decided when the worker leaves is refused, few wait no long time") {
  Sockets worker([](WebSocket& socket) -> Task<void> { co_await socket.sleep(1h); }, with_drain(1h));
  worker.begin(1);
  worker.session.begin_drain();
  std::string told = worker.turn();  // its moment may be the first
  worker.now += 100ms;
  told += worker.turn();
  CHECK(told.find("head 1 :status=503 retry-after=1 ") != std::string::npos);
  CHECK(worker.session.streams_in_use() == 0);
}

TEST_CASE("websocket: a worker that ends while handlers wait releases what they hold") {
  const auto held = std::make_shared<int>(1);
  {
    Sockets worker([&](WebSocket& socket) -> Task<void> {
      const std::shared_ptr<int> copy = held;
      (void)co_await socket.receive();
    });
    worker.begin(1);
    CHECK(held.use_count() == 2);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("websocket: a client that ends before the decision is given up") {
  Sockets worker([](WebSocket& socket) -> Task<void> {
    CHECK_THROWS_AS(co_await socket.sleep(1h), Cancelled);
    socket.accept();
  });
  worker.begin(1);
  CHECK(worker.fields(1, {{"close-code", "1000"}}).turn() == "reset 1 8");
  CHECK(worker.open(3, Sockets::websocket("/"), Last::yes).turn() == "reset 3 1");
  CHECK(worker.session.streams_in_use() == 0);
}
