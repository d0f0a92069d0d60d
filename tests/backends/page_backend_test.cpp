// Pages that the router has in memory.
#include "router/backends/page_backend.h"

#include <doctest/doctest.h>

#include <string>

#include "router/backends/node_info.h"
#include "router/plan/route.h"

using namespace zeroway;

namespace {

struct Asked final : ExchangeFinder, BackendEvents {
  explicit Asked(Page with) : page(std::move(with)) {}

  BackendEvents* find(ExchangeKey) override { return is_over ? nullptr : this; }
  void accepted(const Holder& holder) override { said += "accepted " + std::string(holder.name) + " · "; }
  void head(Head& head, Last last) override {
    seen = head;
    said += "head " + std::to_string(head.status()) + (last == Last::yes ? " last · " : " · ");
  }
  void data(Bytes bytes) override {
    body.append(as_text(bytes));
    said += "data " + std::to_string(bytes.size()) + " · ";
  }
  void end(Head&) override {
    said += "end · ";
    is_over = true;
  }
  void reset(const Error&) override { said += "reset · "; }
  void credit(std::uint32_t bytes) override { said += "credit " + std::to_string(bytes) + " · "; }

  // What it hears by the end of the turn.
  std::string ask(std::string_view method = "GET", const Head& more = {}) {
    Head head{{":method", method}, {":scheme", "http"}, {":path", "/page"}, {":authority", "example.com"}};
    for (const Field field : more) head.add(field.name, field.value);
    is_over = false;
    stream = backend.open({head, Last::yes, Kind::request, Attempt::first, route, client}, {this, 1});
    CHECK(said.empty());
    return turn();
  }
  std::string turn() {
    loop.stop();
    loop.run();
    return std::exchange(said, {});
  }
  [[nodiscard]] std::string field(std::string_view name) const { return std::string(seen.find(name).value_or("-")); }

  Loop loop;
  Page page;
  PageBackend backend{loop, [this](const Head&) -> const Page& { return page; }};
  Route route;
  ClientInfo client;
  BackendStream stream;
  Head seen;
  std::string said, body;
  bool is_over = false;
};

Page page_of(const std::string& content) {
  Page page;
  page.content = content;
  page.type = "application/json";
  page.etag = "\"e1\"";
  return page;
}

NodeInfo info() {
  NodeInfo info;
  info.version = "1.2.3";
  info.pid = 77;
  info.began = WallTime(std::chrono::seconds(1'000'000'000));
  info.now = info.began + std::chrono::seconds(65);
  info.workers = 4;
  return info;
}

}  // namespace

TEST_CASE("page backend: GET gets the page with its fields") {
  Asked asked(page_of("[1]"));
  asked.page.cache_control = "no-store";
  asked.page.any_origin = true;
  CHECK(asked.ask() == "accepted page · head 200 · data 3 · end · ");
  CHECK(asked.body == "[1]");
  CHECK(asked.field("content-type") == "application/json");
  CHECK(asked.field("content-length") == "3");
  CHECK(asked.field("etag") == "\"e1\"");
  CHECK(asked.field("cache-control") == "no-store");
  CHECK(asked.field("access-control-allow-origin") == "*");
  CHECK(asked.field("vary") == "-");
}

TEST_CASE("page backend: HEAD gets the same head without content, other methods get 405") {
  Asked asked(page_of("[1]"));
  CHECK(asked.ask("HEAD") == "accepted page · head 200 last · end · ");
  CHECK(asked.field("content-length") == "3");
  CHECK(asked.ask("POST") == "accepted page · head 405 last · end · ");
  CHECK(asked.field("allow") == "GET, HEAD");
}

TEST_CASE("page backend: a client that knows the page gets 304 (RFC 9110 §13.1.2)") {
  Asked asked(page_of("[1]"));
  CHECK(asked.ask("GET", {{"if-none-match", "\"e1\""}}) == "accepted page · head 304 last · end · ");
  CHECK(asked.field("etag") == "\"e1\"");
  CHECK(asked.ask("GET", {{"if-none-match", "\"e2\""}}) == "accepted page · head 200 · data 3 · end · ");
}

TEST_CASE("page backend: a large page goes as its client gives credit") {
  Asked asked(page_of(std::string(kFirstReplyWindow + 10, 'x')));
  const std::string first = "data " + std::to_string(kFirstReplyWindow) + " · ";
  CHECK(asked.ask() == "accepted page · head 200 · " + first);
  asked.backend.credit(asked.stream.key, 4);
  CHECK(asked.turn() == "data 4 · ");
  asked.backend.credit(asked.stream.key, 100);
  CHECK(asked.turn() == "data 6 · end · ");
  CHECK(asked.body.size() == kFirstReplyWindow + 10);
}

TEST_CASE("page backend: what a request has of a body is taken, and a stream that was reset says nothing") {
  Asked asked(page_of("[1]"));
  Head head{{":method", "GET"}, {":path", "/"}};
  asked.stream =
      asked.backend.open({head, Last::no, Kind::request, Attempt::first, asked.route, asked.client}, {&asked, 1});
  asked.backend.data(asked.stream.key, as_bytes(std::string_view("abc")));
  CHECK(asked.said == "credit 3 · ");
  asked.backend.reset(asked.stream.key, ResetCode::cancel);
  asked.said.clear();
  CHECK(asked.turn().empty());
}

TEST_CASE("node info: HTML for browsers, JSON for those who ask for it") {
  const Page html = info_page(info(), "text/html,application/json;q=0.9");
  CHECK(html.type == "text/html; charset=utf-8");
  for (const char* part :
       {"<td>1.2.3</td>", "<td>77</td>", "<td>2001-09-09 01:46:40 UTC</td>", "<td>65 s</td>", "<td>4</td>"})
    CHECK_MESSAGE(html.content.find(part) != std::string::npos, part);
  CHECK(info_page(info(), "*/*").type == html.type);
  const Page json = info_page(info(), "application/json");
  CHECK(json.type == "application/json");
  CHECK(
      json.content ==
      "{\"version\":\"1.2.3\",\"pid\":77,\"started\":\"2001-09-09T01:46:40Z\",\"uptime_seconds\":65,\"workers\":4}\n");
  CHECK(json.varies);
  CHECK(json.cache_control == "no-store");
}

TEST_CASE("page backend: a page says its policy") {
  Asked asked({.content = "hello", .type = "text/html", .policy = "default-src 'none'"});
  CHECK(asked.ask() == "accepted page · head 200 · data 5 · end · ");
  CHECK(asked.field("content-security-policy") == "default-src 'none'");
}

TEST_CASE("page backend: a page of another status answers every request, whatever its method and its conditions") {
  Asked asked({.content = "no", .type = "text/plain", .etag = "\"a\"", .status = 400});
  CHECK(asked.ask("POST") == "accepted page · head 400 · data 2 · end · ");
  CHECK(asked.field("content-length") == "2");
  CHECK(asked.ask("GET", {{"if-none-match", "\"a\""}}) == "accepted page · head 400 · data 2 · end · ");
  CHECK(asked.ask("HEAD") == "accepted page · head 400 last · end · ");
}
