#include <doctest/doctest.h>

#include "tests/worker-sdk/scripted_worker.h"

using namespace zeroway;

namespace {

// A worker with one inline handler for all.
struct One : ScriptedWorker {
  explicit One(Handler handler) { core.add_handler("*", "/*", std::move(handler), WorkerCore::Kind::on_loop); }
};

}  // namespace

TEST_CASE("percent_decode: %XX is a byte, what is none stays (RFC 3986 §2.1)") {
  CHECK(percent_decode("a%20b%2Fc%2f") == "a b/c/");
  CHECK(percent_decode("%C3%A4") == "\xc3\xa4");
  CHECK(percent_decode(std::string("%00", 3)) == std::string(1, '\0'));
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%2") == "%2");
  CHECK(percent_decode("%zz%2g%%41") == "%zz%2g%A");
  CHECK(percent_decode("%2541") == "%41");  // once, not twice
  CHECK(percent_decode("").empty());
}

TEST_CASE("percent_decode: '+' is a space in forms only") {
  CHECK(percent_decode("a+b%2B") == "a+b+");
  CHECK(percent_decode("a+b%2B", PlusIsSpace::yes) == "a b+");
}

TEST_CASE("reply: abort() gives the request up, before the head and behind it; nothing follows") {
  bool had_started = false, had_ended = false;
  One before([&](Request&, Reply& reply) {
    reply.abort();
    had_ended = reply.has_ended();
    reply.send("too late");
  });
  CHECK(before.open(1, One::get("/")).turn() == "reset 1 2");
  CHECK(had_ended);
  One behind([&](Request&, Reply& reply) {
    reply.write("begun");
    had_started = reply.has_started();
    reply.abort();
    reply.end();
  });
  CHECK(behind.open(1, One::get("/")).turn() == "head 1 :status=200 · data 1 begun · reset 1 2");
  CHECK(had_started);
}
