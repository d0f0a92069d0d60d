// Plays again what libzmq said in the conversations of tests/cases/zmtp (tests/zmtp/record.py): a session must say what
// our side said there, byte by byte, and tell what came.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/known_random.h"
#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;
using nlohmann::json;

namespace {

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

ZmtpTerms terms_of(const json& ours, const CurveKeys& client, const CurveKeys& server) {
  ZmtpTerms terms{.socket = ZmtpSocket::router, .identity = ours["identity"].get<std::string>()};
  terms.role = ours["role"] == "client" ? ZmtpRole::client : ZmtpRole::server;
  if (ours["mechanism"] == "CURVE") terms.curve = terms.role == ZmtpRole::client ? &client : &server;
  return terms;
}

void act(ZmtpSession& session, const std::string& verb, const json& value) {
  if (verb == "send") return session.send(as_bytes(value.get<std::string>()));
  REQUIRE(verb == "ping");
  session.ping(value.get<std::uint16_t>());
}

// `cut`: how many bytes come at once.
void play(const json& vector, std::size_t cut) {
  const CurveKeys client = curve_client_keys();
  const CurveKeys server = curve_server_keys();
  const KnownRandom random(from_hex(vector["random"]));
  Hearer hearer(terms_of(vector["ours"], client, server));
  for (const json& step : vector["steps"]) {
    if (step.contains("ours")) CHECK(hearer.said() == from_hex(step["ours"]));
    if (step.contains("do")) act(hearer.session(), step["do"], step["value"]);
    if (!step.contains("libzmq")) continue;
    const std::string bytes = from_hex(step["libzmq"]);
    for (const std::string_view piece : chop(bytes, cut)) hearer.hear(piece);
  }
  CHECK(hearer.side.log == vector["told"].get<std::string>());
  CHECK(hearer.failure().detail == vector.value("failure", ""));
  CHECK(hearer.session().ttl() == vector.value("ttl", 0));
  CHECK(hearer.said() == "");
  CHECK(hearer.unread() == 0);
  CHECK_FALSE(KnownRandom::is_short());
  CHECK(KnownRandom::left() == "");
}

}  // namespace

TEST_CASE("zmtp vectors: libzmq's conversations come to the same with our session, in any pieces") {
  int played = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(ZEROWAY_CASES) / "zmtp")) {
    std::ifstream file(entry.path());
    const json vector = json::parse(file);
    for (const std::size_t cut : {std::size_t{1} << 20U, std::size_t{1}, std::size_t{7}, std::size_t{1'000}}) {
      INFO(entry.path().filename().string(), " in pieces of ", cut);
      play(vector, cut);
    }
    ++played;
  }
  CHECK(played == 11);
}
