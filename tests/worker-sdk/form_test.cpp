#include "zeroway/form.h"

#include <doctest/doctest.h>

#include "zeroway/testing.h"

using namespace zeroway;

namespace {

const TestFields kUrlencoded{{"content-type", "application/x-www-form-urlencoded"}};
const TestFields kMultipart{{"content-type", "multipart/form-data; boundary=b"}};

std::string part(const std::string& name, const std::string& content, const std::string& more = {}) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + content + "\r\n";
}

std::string describe(const Form& form) {
  std::string text;
  for (const auto& [name, value] : form.pairs()) text += name + "=" + value + ";";
  for (const FormFile& file : form.files())
    text += file.name + "@" + file.filename + "@" + file.content_type + "=" + file.bytes + ";";
  return text;
}

WorkerOptions quiet() {
  WorkerOptions options;
  options.log = [](std::string_view) {};
  options.threads = 1;
  options.max_body = 1'000;
  return options;
}

// The same by each kind of handler: whole at /form/KIND, part by part at /parts/KIND.
struct Forms : Worker {
  Forms() : Worker(quiet()) {
    handle("POST", "/form/pool", whole);
    handle_inline("POST", "/form/inline", whole);
    handle_async("POST", "/form/async", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
      const Form form = co_await request.form();
      reply.send(describe(form));
    });
    handle("POST", "/parts/pool", parts);
    handle_async("POST", "/parts/async", [](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
      AsyncFormReader reader(request, {.max_parts = 3, .max_part = 100'000});
      while (const auto part = co_await reader.next_part()) {
        std::size_t size = 0;
        if (part->name != "skipped") {
          while (const auto piece = co_await reader.read()) size += piece->size();
          const auto nothing = co_await reader.read();
          CHECK_FALSE(nothing);
        }
        const std::string line = part->name + (part->is_file() ? "@" : ":") + std::to_string(size) + " ";
        co_await reply.write(line);
      }
    });
  }
  static void whole(Request& request, Reply& reply) { reply.send(describe(request.form())); }
  static void parts(Request& request, Reply& reply) {
    FormReader reader(request, {.max_parts = 3, .max_part = 100'000});
    while (const auto part = reader.next_part()) {
      std::size_t size = 0;
      if (part->name != "skipped") {
        while (const auto piece = reader.read()) size += piece->size();
        CHECK_FALSE(reader.read());
      }
      reply.write(part->name + (part->is_file() ? "@" : ":") + std::to_string(size) + " ");
    }
  }
};

}  // namespace

TEST_CASE("form: urlencoded and multipart are read whole by every kind of handler") {
  Forms worker;
  TestClient client(worker);
  for (const std::string kind : {"pool", "inline", "async"}) {
    CAPTURE(kind);
    CHECK(client.post("/form/" + kind, "a=1&b=x+y%21&a=2", kUrlencoded).body == "a=1;b=x y!;a=2;");
    CHECK(client.post("/form/" + kind, "", kUrlencoded).body == "");
    const std::string body = part("a", "1") + part("f", "bytes", "; filename=\"n.txt\"\r\nContent-Type: image/png") +
                             part("a", "2") + "--b--\r\n";
    CHECK(client.post("/form/" + kind, body, kMultipart).body == "a=1;a=2;f@n.txt@image/png=bytes;");
    CHECK(client.post("/form/" + kind, "{}", {{"content-type", "application/json"}}).status == 415);
    CHECK(client.post("/form/" + kind, "a=1").status == 415);
    CHECK(client.post("/form/" + kind, body, {{"content-type", "multipart/form-data"}}).status == 400);
    CHECK(client.post("/form/" + kind, part("a", "1"), kMultipart).status == 400);
    CHECK(client.post("/form/" + kind, "a=" + std::string(1'000, 'x'), kUrlencoded).status == 413);
    CHECK(client.open("POST", "/form/" + kind, kUrlencoded).send(std::string(1'001, 'x')).end().status() == 413);
    CHECK(client.open("POST", "/form/" + kind, kMultipart)
              .send(part("a", std::string(1'001, 'x')) + "--b--")
              .end()
              .status() == 413);
  }
}

TEST_CASE("form: values and files are found by name") {
  Form form;
  form.add({"a", std::nullopt, "text/plain"}, "1");
  form.add({"a", std::nullopt, "text/plain"}, "2");
  form.add({"f", "n.txt", "text/plain"}, "3");
  CHECK(form.value("a") == "1");
  CHECK(form.values("a") == std::vector<std::string>{"1", "2"});
  CHECK(form.value("f") == std::nullopt);
  REQUIRE(form.file("f") != nullptr);
  CHECK(form.file("f")->bytes == "3");
  CHECK(form.file("a") == nullptr);
}

TEST_CASE("form: part by part, a file of any size is never held") {
  Forms worker;
  TestClient client(worker);
  for (const std::string kind : {"pool", "async"}) {
    CAPTURE(kind);
    TestStream stream = client.open("POST", "/parts/" + kind, kMultipart);
    stream.send("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n");
    for (int i = 0; i < 99; ++i) stream.send(std::string(1'000, 'x'));
    stream.send("\r\n" + part("skipped", std::string(5'000, 'y')) + part("last", "z") + "--b--\r\n").end();
    CHECK(stream.reply().body == "f@99000 skipped:0 last:1 ");
    CHECK(client.post("/parts/" + kind, "a=1&b=", kUrlencoded).body == "a:1 b:0 ");
  }
}

TEST_CASE("form: limits on parts are 413") {
  Forms worker;
  TestClient client(worker);
  for (const std::string kind : {"pool", "async"}) {
    CAPTURE(kind);
    const std::string four = part("a", "1") + part("b", "2") + part("c", "3") + part("d", "4") + "--b--";
    CHECK(client.post("/parts/" + kind, four, kMultipart).is_broken);  // three parts have been answered
    CHECK(client.post("/parts/" + kind, part("a", std::string(100'001, 'x')) + "--b--", kMultipart).status == 413);
    CHECK(client.post("/parts/" + kind, "a=1&b=2&c=3&d=4", kUrlencoded).is_broken);
  }
}
