// Both ends of a backend of WAMP: who opens WebSockets at it, and whoever has a realm. Both write down what they are
// told, messages as JSON.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "proto/stream_sink.h"
#include "router/exchange/backend.h"
#include "tests/wamp/value_text.h"

namespace zeroway::test {

inline MessageKind kind_of(Serializer serializer) {
  return is_text(serializer) ? MessageKind::text : MessageKind::binary;
}

// Whoever has a realm: writes down what it is told, and keeps who asked.
struct FakeHost final : Backend {
  BackendStream open(const BackendRequest& request, ReplyTo to) override {
    seen = request.head;
    reply_to = to;
    attempt = request.attempt;
    said += "open " + std::string(seen.find("sec-websocket-protocol").value_or("-")) + " · ";
    return {this, ++last};
  }
  void data(StreamKey, Bytes) override {}
  void piece(StreamKey, Bytes bytes, MessageKind kind, Last whole) override {
    message += as_text(bytes);
    if (whole == Last::no) return;
    CHECK(kind == kind_of(speaks));
    said += translated(speaks, Serializer::json, std::exchange(message, {})) + " · ";
  }
  void end(StreamKey, const Head& trailers) override {
    said += "close " + std::string(trailers.find("close-code").value_or("-")) + " · ";
  }
  void reset(StreamKey, ResetCode) override { said += "reset · "; }
  void credit(StreamKey, std::uint32_t bytes) override { credited += bytes; }

  [[nodiscard]] BackendEvents* to() const { return reply_to.find(); }
  void accept() const {
    Head head{{":status", "200"}};
    to()->head(head, Last::no);
  }
  void say(std::string_view json) const {
    const std::string bytes = translated(Serializer::json, speaks, json);
    to()->piece(as_bytes(bytes), kind_of(speaks), Last::yes);
  }
  std::string heard() { return std::exchange(said, {}); }

  Serializer speaks = Serializer::json;
  Head seen;
  ReplyTo reply_to;
  Attempt attempt = Attempt::first;
  std::string said, message;
  std::uint64_t credited = 0;
  StreamKey last = 0;
};

struct FakeClient final : ExchangeFinder, BackendEvents {
  BackendEvents* find(ExchangeKey) override { return is_over ? nullptr : this; }
  void accepted(const Holder& holder) override { said += "accepted " + std::string(holder.name) + " · "; }
  void head(Head& head, Last) override {
    said +=
        "head " + std::to_string(head.status()) + " " + std::string(head.find("sec-websocket-protocol").value_or("-"));
    if (const auto cookie = head.find("set-cookie")) said += " " + std::string(*cookie);
    said += " · ";
  }
  void data(Bytes bytes) override { said += "data " + std::string(as_text(bytes)) + " · "; }
  void piece(Bytes bytes, MessageKind kind, Last last) override {
    message += as_text(bytes);
    if (last == Last::no) return;
    CHECK(kind == kind_of(speaks));
    said += translated(speaks, Serializer::json, std::exchange(message, {})) + " · ";
  }
  // As the exchange does: what is left of the request is not wanted any more.
  void end(Head& trailers) override {
    said += "close " + std::string(trailers.find("close-code").value_or("-")) + " · ";
    is_over = true;
    if (!has_ended) stream.reset(ResetCode::no_error);
  }
  void reset(const Error& error) override {
    said += "reset " + error.detail + " · ";
    is_over = true;
  }
  void credit(std::uint32_t bytes) override { credited += bytes; }
  std::string heard() { return std::exchange(said, {}); }

  BackendStream stream;
  Serializer speaks = Serializer::json;
  std::string said, message;
  std::uint64_t credited = 0;
  bool is_over = false, has_ended = false;
};

}  // namespace zeroway::test
