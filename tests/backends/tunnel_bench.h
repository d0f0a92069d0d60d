// Both ends of a backend that wraps one of tunnels: who opens WebSockets at it, and whom it opens tunnels at. Both
// write down what they are told.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "router/exchange/backend.h"
#include "router/exchange/error_reply.h"
#include "router/net/loop.h"
#include "router/plan/route.h"

namespace zeroway::test {

// The backend of tunnels.
struct FakeTunnels : Backend {
  BackendStream open(const BackendRequest& request, ReplyTo to) override {
    seen = request.head;
    reply_to = to;
    said += std::string("open ") + (request.kind == Kind::tunnel ? "tunnel" : "?") + " · ";
    return {this, ++last};
  }
  void data(StreamKey, Bytes bytes) override { said += "data " + std::string(as_text(bytes)) + " · "; }
  void end(StreamKey, const Head&) override { said += "end · "; }
  void reset(StreamKey, ResetCode code) override {
    said += "reset " + std::to_string(static_cast<unsigned>(code)) + " · ";
  }
  void credit(StreamKey, std::uint32_t bytes) override { said += "credit " + std::to_string(bytes) + " · "; }

  Head seen;
  ReplyTo reply_to;
  std::string said;
  StreamKey last = 0;
};

// The client, without what it does with messages and credit.
template <class Tunnels>
struct TunnelClient : ExchangeFinder, BackendEvents {
  BackendEvents* find(ExchangeKey) override { return is_over ? nullptr : this; }
  void accepted(const Holder& holder) override { said += "accepted " + std::string(holder.name) + " · "; }
  void head(Head& head, Last) override {
    said += "head " + std::to_string(head.status()) + " " +
            std::string(head.find("sec-websocket-protocol").value_or("-")) + " · ";
  }
  void data(Bytes bytes) override { said += "data " + std::string(as_text(bytes)) + " · "; }
  // As the exchange does: what is left of the request is not wanted any more.
  void end(Head& trailers) override {
    said += "end " + std::string(trailers.find("close-code").value_or("-")) + " · ";
    is_over = true;
    if (!has_ended) stream.reset(ResetCode::no_error);
  }
  void reset(const Error& error) override {
    said += "reset " + std::string(error_name(error.code)) + ": " + error.detail + " · ";
    is_over = true;
  }

  // Where the server's verbs go.
  [[nodiscard]] BackendEvents* from() const { return inner->reply_to.find(); }
  std::string heard() { return std::exchange(said, {}); }
  std::string tunnelled() { return std::exchange(inner->said, {}); }

  Loop loop;
  std::shared_ptr<Tunnels> inner = std::make_shared<Tunnels>();
  Route route;
  ClientInfo client;
  BackendStream stream;
  std::string said;
  bool is_over = false, has_ended = false;
};

}  // namespace zeroway::test
