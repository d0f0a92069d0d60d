#include "router/exchange/request_body.h"

#include <doctest/doctest.h>

#include "proto/limits.h"

using namespace zeroway;

namespace {

RequestBody fresh() {
  RequestBody body;
  body.clear();
  return body;
}

std::string all_next(RequestBody& body) {
  std::string all, piece;
  while (body.next(piece)) all += piece;
  return all;
}

std::string text(std::size_t size, char c) { return std::string(size, c); }

}  // namespace

TEST_CASE("request body: what fits is sent at once and kept") {
  RequestBody body = fresh();
  CHECK(body.arrived(as_bytes("abc")));
  CHECK(body.is_all_sent());
  CHECK(body.is_replayable());
  std::string piece;
  CHECK_FALSE(body.next(piece));
  body.rewind();
  CHECK_FALSE(body.next(piece));  // no stream, no credit
  body.restart();
  CHECK(all_next(body) == "abc");
}

TEST_CASE("request body: past the opening window it is kept no more") {
  RequestBody body = fresh();
  CHECK(body.arrived(as_bytes(text(kOpeningWindow, 'a'))));
  CHECK(body.is_replayable());
  CHECK(body.credited(1) == 1);
  CHECK(body.arrived(as_bytes("b")));
  CHECK_FALSE(body.is_replayable());
  CHECK(body.received() == kOpeningWindow + 1);
}

TEST_CASE("request body: credit is news only past all that was allowed before") {
  RequestBody body = fresh();
  CHECK(body.credited(100) == 100);
  body.rewind();
  body.restart();
  CHECK(body.credited(60) == 0);
  CHECK(body.credited(60) == 20);
  CHECK(body.credited(5) == 5);
}

TEST_CASE("request body: what is held back goes out in order, in the pieces that credit allows") {
  RequestBody body = fresh();
  CHECK(body.credited(100'000) == 100'000);
  CHECK(body.arrived(as_bytes("ab")));
  body.rewind();
  CHECK_FALSE(body.arrived(as_bytes("cd")));
  body.restart();
  CHECK_FALSE(body.arrived(as_bytes(text(kOpeningWindow, 'e'))));
  CHECK_FALSE(body.is_replayable());
  CHECK(all_next(body) == "abcd" + text(kOpeningWindow - 4, 'e'));
  CHECK_FALSE(body.is_all_sent());
  CHECK(body.credited(3) == 0);
  CHECK(all_next(body) == "eee");
  CHECK_FALSE(body.arrived(as_bytes("f")));  // behind what waits
  CHECK(body.credited(10) == 0);
  CHECK(all_next(body) == "ef");
  CHECK(body.is_all_sent());
  CHECK(body.arrived(as_bytes("g")));
}

TEST_CASE("request body: nothing is kept after stop_keeping but what is held back") {
  RequestBody body = fresh();
  CHECK(body.arrived(as_bytes("abc")));
  body.rewind();
  body.restart();
  body.stop_keeping();
  CHECK_FALSE(body.is_replayable());
  CHECK(all_next(body) == "abc");
  body.clear();
  CHECK(body.is_replayable());
  CHECK(body.received() == 0);
  CHECK(body.is_all_sent());
}
