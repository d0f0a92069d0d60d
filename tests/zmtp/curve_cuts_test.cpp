// A whole CURVE conversation of two sessions, cut at every byte of each way and into single bytes.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const CurveKeys kServer = curve_server_keys();
const CurveKeys kClient = curve_client_keys();

// One way of the connection: bytes go on in pieces, none of which crosses `cut`; all are single bytes when it is 0.
class Way {
 public:
  explicit Way(std::size_t cut) : cut_(cut) {}

  bool carry(Hearer& from, Hearer& to) {
    const std::string bytes = from.said();
    std::string_view left = bytes;
    while (!left.empty()) {
      const std::size_t size = cut_ == 0 ? 1 : carried_ < cut_ ? std::min(cut_ - carried_, left.size()) : left.size();
      to.hear(left.substr(0, size));
      left.remove_prefix(size);
      carried_ += size;
    }
    return !bytes.empty();
  }
  [[nodiscard]] std::size_t carried() const { return carried_; }

 private:
  std::size_t cut_, carried_ = 0;
};

struct Conversation {
  Conversation(std::size_t cut_to_server, std::size_t cut_to_client)
      : to_server(cut_to_server), to_client(cut_to_client) {}

  void run() {
    bool has_said = true;
    while (has_said) {
      has_said = to_server.carry(client, server);
      has_said = to_client.carry(server, client) || has_said;
    }
  }
  std::string hold() {
    run();
    client.session().send(as_bytes("from the client"));
    client.session().ping(30);
    server.session().send({});
    server.session().ping(40);
    run();
    client.session().send(as_bytes(std::string(300, 'x')));
    run();
    return client.side.log + client.side.last + "|" + server.side.log + server.side.last + "|" +
           client.failure().detail + server.failure().detail + std::to_string(client.session().ttl()) +
           std::to_string(server.session().ttl());
  }

  Hearer client{{.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = "worker#1", .curve = &kClient}};
  Hearer server{{.socket = ZmtpSocket::dealer, .curve = &kServer}};
  Way to_server, to_client;
};

constexpr std::size_t kNowhere = 1'000'000;

}  // namespace

TEST_CASE("curve: a conversation is the same wherever the network cuts it") {
  Conversation whole(kNowhere, kNowhere);
  const std::string expected = whole.hold();
  CHECK(expected ==
        "hands DEALER '' · message 0 of 1 · |hands ROUTER 'worker#1' · message 15 of 1 · message 300 of 1 · " +
            std::string(300, 'x') + "|4030");
  CHECK(Conversation(0, 0).hold() == expected);
  for (std::size_t cut = 1; cut < whole.to_server.carried(); ++cut) {
    INFO("to the server ", cut);
    CHECK(Conversation(cut, kNowhere).hold() == expected);
  }
  for (std::size_t cut = 1; cut < whole.to_client.carried(); ++cut) {
    INFO("to the client ", cut);
    CHECK(Conversation(kNowhere, cut).hold() == expected);
  }
}

TEST_CASE("curve: a refusal is the same wherever the network cuts it") {
  for (std::size_t cut = 0; cut < 300; ++cut) {
    INFO(cut);
    Conversation talk(cut == 0 ? 0 : cut + 200, cut);
    talk.server.side.is_everybody_allowed = false;
    talk.run();
    CHECK(talk.client.failure().detail == "it refuses us: '400'");
    CHECK(talk.server.failure().detail == "its public key is not allowed");
    CHECK(talk.client.side.log + talk.server.side.log == "");
  }
}
