#include "proto/stream_state.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("stream state: interim heads, one head, data, one end") {
  StreamState state;
  CHECK_FALSE(state.has_started());
  CHECK(state.interim());
  CHECK(state.interim());
  CHECK_FALSE(state.has_started());
  CHECK(state.head());
  CHECK(state.has_started());
  CHECK(state.data());
  CHECK(state.data());
  CHECK(state.end());
  CHECK(state.has_ended());
}

TEST_CASE("stream state: nothing but heads before the head") {
  StreamState state;
  CHECK_FALSE(state.data());
  CHECK_FALSE(state.end());
  CHECK(state.phase() == StreamState::Phase::start);
}

TEST_CASE("stream state: neither an interim nor a second head after the head") {
  StreamState state;
  CHECK(state.head());
  CHECK_FALSE(state.interim());
  CHECK_FALSE(state.head());
  CHECK(state.phase() == StreamState::Phase::open);
}

TEST_CASE("stream state: nothing after the end") {
  StreamState state;
  CHECK(state.head());
  CHECK(state.end());
  CHECK_FALSE(state.interim());
  CHECK_FALSE(state.head());
  CHECK_FALSE(state.data());
  CHECK_FALSE(state.end());
}

TEST_CASE("stream state: reset ends it from anywhere") {
  StreamState unstarted;
  unstarted.reset();
  CHECK(unstarted.has_ended());
  CHECK(unstarted.has_started());
  CHECK_FALSE(unstarted.interim());
  CHECK_FALSE(unstarted.head());

  StreamState open;
  CHECK(open.head());
  open.reset();
  CHECK_FALSE(open.data());
  CHECK_FALSE(open.end());
}
