#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/folder.h"
#include "worker-sdk/src/handlers/static_file.h"
#include "zeroway/testing.h"

using namespace zeroway;

namespace {

void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// Serves a folder below /files/, one file at /one, and tries one inline.
struct Files : Folder, Worker {
  Files() : Worker(options()) {
    write_file(path("a.txt"), "0123456789");
    write_file(path("empty.html"), "");
    write_file(path(".hidden"), "secret");
    mkdir(path("sub").c_str(), 0700);
    write_file(path("sub/b c.png"), "png");
    handle("*", "/files/*", [this](Request& request, Reply& reply) { reply.file_in(path(""), request.rest()); });
    handle("*", "/one", [this](Request&, Reply& reply) {
      reply.file(path("a.txt"), {.content_type = "text/x-one", .cache_control = "no-cache"});
    });
    handle("*", "/large", [this](Request&, Reply& reply) { reply.file(path("large")); });
    handle_inline("*", "/inline", [this](Request&, Reply& reply) { reply.file(path("a.txt")); });
  }
  static WorkerOptions options() {
    WorkerOptions options;
    options.log = [](std::string_view) {};
    options.threads = 1;
    return options;
  }
};

}  // namespace

TEST_CASE("file: its type, length, tag and date come with it") {
  Files worker;
  TestClient client(worker);
  const TestReply reply = client.get("/files/a.txt");
  CHECK(reply.status == 200);
  CHECK(reply.body == "0123456789");
  CHECK(reply.field("content-type") == "text/plain; charset=utf-8");
  CHECK(reply.field("content-length") == "10");
  CHECK(reply.field("accept-ranges") == "bytes");
  CHECK(reply.field("etag").value().starts_with('"'));
  CHECK(reply.field("last-modified").value().ends_with(" GMT"));
  CHECK_FALSE(reply.field("cache-control"));
  const TestReply one = client.get("/one");
  CHECK(one.field("content-type") == "text/x-one");
  CHECK(one.field("cache-control") == "no-cache");
  CHECK(client.get("/files/sub/b%20c.png").field("content-type") == "image/png");
  const TestReply empty = client.get("/files/empty.html");
  CHECK(empty.status == 200);
  CHECK(empty.field("content-length") == "0");
  const TestReply head = client.head("/files/a.txt");
  CHECK(head.status == 200);
  CHECK(head.field("content-length") == "10");
  CHECK(head.body.empty());
}

TEST_CASE("file: a client that has it gets 304 (RFC 9110 §13.1.2, §13.1.3)") {
  Files worker;
  TestClient client(worker);
  const TestReply first = client.get("/one");
  const std::string tag = first.field("etag").value(), date = first.field("last-modified").value();
  for (const TestFields& fields :
       {TestFields{{"if-none-match", tag}}, TestFields{{"if-none-match", "\"x\", W/" + tag}},
        TestFields{{"if-none-match", "*"}}, TestFields{{"if-modified-since", date}},
        TestFields{{"if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"}},
        TestFields{{"if-none-match", tag}, {"if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"}}}) {
    for (const char* method : {"GET", "HEAD"}) {
      const TestReply reply = client.request(method, "/one", std::nullopt, fields);
      CHECK(reply.status == 304);
      CHECK(reply.field("etag") == tag);
      CHECK(reply.field("cache-control") == "no-cache");
      CHECK_FALSE(reply.field("content-type"));
      CHECK(reply.body.empty());
    }
  }
  for (const TestFields& fields :
       {TestFields{{"if-none-match", "\"x\""}}, TestFields{{"if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"}},
        TestFields{{"if-modified-since", "nonsense"}},
        TestFields{{"if-none-match", "\"x\""}, {"if-modified-since", date}}})
    CHECK(client.get("/one", fields).status == 200);
}

TEST_CASE("file: a range is 206, one that no byte is in 416, and if-range asks whether it is still the same") {
  Files worker;
  TestClient client(worker);
  const TestReply part = client.get("/one", {{"range", "bytes=2-4"}});
  CHECK(part.status == 206);
  CHECK(part.body == "234");
  CHECK(part.field("content-range") == "bytes 2-4/10");
  CHECK(part.field("content-length") == "3");
  CHECK(client.get("/one", {{"range", "bytes=-3"}}).body == "789");
  const TestReply none = client.get("/one", {{"range", "bytes=10-"}});
  CHECK(none.status == 416);
  CHECK(none.field("content-range") == "bytes */10");
  CHECK(client.get("/one", {{"range", "bytes=0-1,3-4"}}).body == "0123456789");
  CHECK(client.head("/one", {{"range", "bytes=2-4"}}).status == 200);  // RFC 9110 §14.2: for GET alone
  const std::string tag = part.field("etag").value(), date = part.field("last-modified").value();
  CHECK(client.get("/one", {{"range", "bytes=2-4"}, {"if-range", tag}}).status == 206);
  CHECK(client.get("/one", {{"range", "bytes=2-4"}, {"if-range", date}}).status == 206);
  for (const std::string& other : {std::string("\"x\""), "W/" + tag, std::string("Thu, 01 Jan 1970 00:00:00 GMT")})
    CHECK(client.get("/one", {{"range", "bytes=2-4"}, {"if-range", other}}).status == 200);
}

TEST_CASE("file: what is not there, no file, hidden or outside of the folder is 404") {
  Files worker;
  TestClient client(worker);
  for (const char* name :
       {"none", "", "sub", "sub/", ".hidden", "../a.txt", "sub/../a.txt", "%2e%2e/x", "sub%2F..%2Fa.txt", "/etc/passwd",
        "%2Fetc%2Fpasswd", "a.txt%00", "sub//b%20c.png", "a.txt/x"}) {
    CAPTURE(name);
    CHECK(client.get("/files/" + std::string(name)).status == 404);
  }
  REQUIRE(mkfifo(worker.path("fifo").c_str(), 0600) == 0);
  CHECK(client.get("/files/fifo").status == 404);
  CHECK(client.get("/files/a.txt%zz").status == 400);
  CHECK(client.get("/inline").status == 500);  // it would block the loop
}

TEST_CASE("file: a large one goes as the client reads, and one that shrinks meanwhile breaks off") {
  Files worker;
  std::string large;
  for (int i = 0; large.size() < (3 << 20); ++i) large += std::to_string(i) + "\n";
  write_file(worker.path("large"), large);
  TestClient client(worker);
  CHECK((client.get("/large").body == large));
  CHECK((client.get("/large", {{"range", "bytes=1000000-2999999"}}).body == large.substr(1'000'000, 2'000'000)));
  TestStream stream = client.open("GET", "/large").end();
  std::string got = stream.read().value();
  write_file(worker.path("large"), "short");
  const TestReply rest = stream.reply();
  CHECK(rest.is_broken);
  CHECK(got.size() + rest.body.size() < large.size());
}

TEST_CASE("file: tags are compared weakly, in lists (RFC 9110 §8.8.3.2)") {
  for (const char* list : {"\"a\"", "W/\"a\"", "\"x\", \"a\"", "\"x\",W/\"a\"", "*", " * "})
    CHECK(names_tag(list, "\"a\""));
  for (const char* list : {"", "a", "\"x\"", "\"a", "\"x, \"a\"", "\"ab\"", ","}) {
    CAPTURE(list);
    CHECK_FALSE(names_tag(list, "\"a\""));
  }
}

TEST_CASE("file: types by the name's ending") {
  CHECK(content_type_of("/x/index.HTML") == "text/html; charset=utf-8");
  CHECK(content_type_of("a.tar.gz") == "application/gzip");
  for (const char* name : {"a", "a.", "a.b/c", "a.unknown", ""})
    CHECK(content_type_of(name) == "application/octet-stream");
}

TEST_CASE("reply: json, redirect and a field that is replaced") {
  Worker worker(Files::options());
  worker.handle_inline("GET", "/json", [](Request&, Reply& reply) { reply.status(201).json(R"({"a":1})"); });
  worker.handle_inline("GET", "/problem", [](Request&, Reply& reply) {
    reply.set_field("Content-Type", "application/problem+json").json("{}");
  });
  worker.handle_inline("GET", "/go/{status}", [](Request& request, Reply& reply) {
    reply.redirect("/there?a=b", request.param<int>("status"));
  });
  worker.handle_inline("GET", "/go", [](Request&, Reply& reply) { reply.redirect("https://a.test/"); });
  worker.handle_inline("GET", "/set", [](Request&, Reply& reply) {
    reply.field("x-a", "1").field("x-b", "2").field("x-a", "3").set_field("X-A", "4").set_field("x-c", "5").send("");
  });
  worker.handle_inline("GET", "/bad", [](Request&, Reply& reply) { reply.set_field("connection", "close"); });
  worker.handle_inline("GET", "/address", [](Request& request, Reply& reply) {
    reply.send(request.client_address() + " " + request.client_address(1) + " " + request.client_address(9));
  });
  TestClient client(worker);
  const TestReply json = client.get("/json");
  CHECK(json.status == 201);
  CHECK(json.field("content-type") == "application/json");
  CHECK(json.body == R"({"a":1})");
  CHECK(client.get("/problem").field("content-type") == "application/problem+json");
  CHECK(client.get("/go").status == 302);
  CHECK(client.get("/go").field("location") == "https://a.test/");
  for (const int status : {301, 302, 303, 307, 308}) {
    const TestReply reply = client.get("/go/" + std::to_string(status));
    CHECK(reply.status == status);
    CHECK(reply.field("location") == "/there?a=b");
  }
  for (const char* status : {"200", "300", "304", "400"}) CHECK(client.get("/go/" + std::string(status)).status == 500);
  TestFields set;
  for (const auto& field : client.get("/set").fields)
    if (field.first.starts_with("x-")) set.push_back(field);
  CHECK(set == TestFields{{"x-a", "4"}, {"x-b", "2"}, {"x-c", "5"}});
  CHECK(client.get("/bad").status == 500);
  CHECK(client.get("/address").body == "127.0.0.1 127.0.0.1 127.0.0.1");
  CHECK(client.get("/address", {{"x-forwarded-for", "6.6.6.6, 192.0.2.1:80, [2001:db8::1]:443"}}).body ==
        "2001:db8::1 192.0.2.1 6.6.6.6");
}
