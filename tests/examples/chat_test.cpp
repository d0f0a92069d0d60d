#include "examples/chat-worker/chat.h"

#include <doctest/doctest.h>
#include <zeroway/testing.h>

namespace {

struct Chat {
  Chat() { register_chat(worker, rooms); }
  Rooms rooms;
  zeroway::Worker worker{zeroway::WorkerOptions{}};
};

}  // namespace

TEST_CASE("chat: the page comes with a policy that lets nothing else in") {
  Chat chat;
  zeroway::TestClient client(chat.worker);
  const auto page = client.get("/");
  CHECK(page.status == 200);
  CHECK(page.field("content-type") == "text/html; charset=utf-8");
  CHECK(page.field("content-security-policy").value().starts_with("default-src 'none'"));
}

TEST_CASE("chat: windows of a room hear each other, and who comes and goes") {
  Chat chat;
  zeroway::TestClient client(chat.worker);
  auto ann = client.websocket("/rooms/a?name=Ann");
  CHECK(ann.receive_text() == R"({"people":["Ann"]})");
  ann.send_text("hello?");
  CHECK(ann.receive_text() == R"({"name":"Ann","text":"hello?"})");
  auto joerg = client.websocket("/rooms/a?name=J%C3%B6rg");
  CHECK(joerg.receive_text() == R"({"name":"Ann","text":"hello?"})");  // what was said before
  CHECK(joerg.receive_text() == "{\"people\":[\"Ann\",\"J\xc3\xb6rg\"]}");
  CHECK(ann.receive_text() == "{\"people\":[\"Ann\",\"J\xc3\xb6rg\"]}");
  auto other = client.websocket("/rooms/b?name=Bob");
  CHECK(other.receive_text() == R"({"people":["Bob"]})");
  joerg.send_text("hi");
  CHECK(ann.receive_text() == "{\"name\":\"J\xc3\xb6rg\",\"text\":\"hi\"}");
  joerg.close();
  CHECK(joerg.close_code() == 1000);
  CHECK(ann.receive_text() == R"({"people":["Ann"]})");
}

TEST_CASE("chat: a window without a name, or with a long one, is refused") {
  Chat chat;
  zeroway::TestClient client(chat.worker);
  for (const std::string& target :
       {std::string("/rooms/a"), std::string("/rooms/a?name="), "/rooms/a?name=" + std::string(61, 'x'),
        "/rooms/" + std::string(61, 'x') + "?name=a"})
    CHECK(client.websocket(target).refusal().status == 400);
  CHECK(client.in_hand() == 0);
}

TEST_CASE("chat: a window that does not read is closed, and the others talk on") {
  Chat chat;
  zeroway::TestClient client(chat.worker);
  auto talks = client.websocket("/rooms/a?name=talks"), sleeps = client.websocket("/rooms/a?name=sleeps");
  (void)talks.receive_text();
  (void)talks.receive_text();
  const std::string text(4'000, 'x');
  bool is_alone = false;
  for (int i = 0; i < 1'000 && !is_alone; ++i) {
    talks.send_text(text);
    is_alone = talks.receive_text() == R"({"people":["talks"]})";
  }
  CHECK(is_alone);
  CHECK(sleeps.close_code() == 1013);
}

TEST_CASE("chat: a worker that leaves closes its windows with 1012") {
  Chat chat;
  zeroway::TestClient client(chat.worker);
  auto ann = client.websocket("/rooms/a?name=Ann");
  (void)ann.receive_text();
  client.drain();
  CHECK(ann.close_code() == 1012);
  CHECK(client.is_drained());
}
