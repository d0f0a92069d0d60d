#include "router/wamp/raw_socket.h"

#include <doctest/doctest.h>

#include <string>

#include "router/wamp/limits.h"
#include "router/wamp/raw_socket_reader.h"
#include "router/wamp/raw_socket_writer.h"
#include "tests/support/chopper.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string hex_of(const RawSocketWord& word) { return to_hex(std::string(word.begin(), word.end())); }
RawSocketWord word_of(std::string_view hex) {
  const std::string bytes = from_hex(hex);
  RawSocketWord word{};
  for (std::size_t i = 0; i < word.size(); ++i) word[i] = static_cast<std::uint8_t>(bytes[i]);
  return word;
}

// The answer to a client, from a router that takes `most`.
std::string answer(std::string_view offer, std::size_t most = kMostRawSocket,
                   SerializerSet served = SerializerSet::all()) {
  const auto read = read_raw_socket_offer(word_of(offer), served);
  if (const auto* good = std::get_if<RawSocketOffer>(&read)) return hex_of(raw_socket_reply(*good, most));
  const auto why = std::get<RawSocketRefusal>(read);
  return why == RawSocketRefusal::foreign ? "foreign" : hex_of(raw_socket_refusal(why));
}

std::string prefix(std::string_view hex) {
  const auto read = read_raw_socket_prefix(word_of(hex));
  if (!read) return "wrong";
  CHECK(hex_of(raw_socket_prefix(*read)) == hex);
  constexpr const char* kNames[] = {"message ", "ping ", "pong "};
  return kNames[static_cast<int>(read->type)] + std::to_string(read->size);
}

// Writes down whole messages and what else comes.
class Record final : public RawSocketEvents {
 public:
  void piece(Bytes bytes, Last last) override {
    message_ += as_text(bytes);
    if (last == Last::no) return;
    add("message " + message_);
    message_.clear();
  }
  void ping(Bytes payload) override { add("ping " + std::string(as_text(payload))); }
  void pong(Bytes payload) override { add("pong " + std::string(as_text(payload))); }
  void add(const std::string& line) { text += (text.empty() ? "" : " · ") + line; }

  std::string text;

 private:
  std::string message_;
};

std::string read_all(const std::vector<std::string_view>& pieces, std::size_t most) {
  Record record;
  RawSocketReader reader(record, most);
  for (const std::string_view piece : pieces)
    if (!reader.take(as_bytes(piece))) {
      CHECK_FALSE(reader.take(as_bytes("more")));
      record.add(reader.what());
      break;
    }
  return record.text;
}

std::string frame(RawSocketPrefix::Type type, std::string_view payload) {
  const RawSocketWord word = raw_socket_prefix({type, payload.size()});
  return std::string(word.begin(), word.end()) + std::string(payload);
}

}  // namespace

TEST_CASE("RawSocket: the reply says the client's serializer and the router's own limit") {
  CHECK(answer("7ff30000") == "7ff30000");
  CHECK(answer("7f010000") == "7ff10000");
  CHECK(answer("7f520000", 512) == "7f020000");
  CHECK(answer("7ff10000", 131'072) == "7f810000");
  const auto offer = read_raw_socket_offer(word_of("7f530000"), SerializerSet::all());
  CHECK(std::get<RawSocketOffer>(offer).most == 16'384);
  CHECK(std::get<RawSocketOffer>(offer).serializer == Serializer::cbor);
}

TEST_CASE("RawSocket: a refusal says why, and a foreign client gets none") {
  for (const char* unknown : {"7ff00000", "7ff40000", "7ff50000", "7fff0000"}) CHECK(answer(unknown) == "7f100000");
  SerializerSet json;
  json.add(Serializer::json);
  CHECK(answer("7ff30000", kMostRawSocket, json) == "7f100000");
  CHECK(answer("7ff30100") == "7f300000");
  CHECK(answer("7ff30001") == "7f300000");
  for (const char* other : {"47455420", "00000161", "10260004", "16030100"}) CHECK(answer(other) == "foreign");
  CHECK(hex_of(raw_socket_refusal(RawSocketRefusal::length)) == "7f200000");
  CHECK(hex_of(raw_socket_refusal(RawSocketRefusal::connections)) == "7f400000");
}

TEST_CASE("RawSocket: a limit is a power of two that the handshake can say, not above the wanted one") {
  CHECK(raw_socket_limit(0) == 512);
  CHECK(raw_socket_limit(512) == 512);
  CHECK(raw_socket_limit(1'023) == 512);
  CHECK(raw_socket_limit(1 << 20) == 1 << 20);
  CHECK(raw_socket_limit(100'000) == 65'536);
  CHECK(raw_socket_limit(64 << 20) == 16 << 20);
}

TEST_CASE("RawSocket: the prefix of a frame, and 2^24 by its own bit") {
  CHECK(prefix("00000000") == "message 0");
  CHECK(prefix("00000102") == "message 258");
  CHECK(prefix("00ffffff") == "message 16777215");
  CHECK(prefix("08000000") == "message 16777216");
  CHECK(prefix("01000004") == "ping 4");
  CHECK(prefix("02000004") == "pong 4");
  for (const char* wrong : {"03000000", "07000000", "10000000", "80000001", "08000001"})
    CHECK(prefix(wrong) == "wrong");
}

TEST_CASE("RawSocket: frames are the same however they are cut") {
  using Type = RawSocketPrefix::Type;
  const std::string sent = frame(Type::message, "[1]") + frame(Type::ping, "ab") + frame(Type::message, "") +
                           frame(Type::pong, "") + frame(Type::message, std::string(300, 'x'));
  for_each_chopping(sent, [](const Chopping& chopping) {
    CAPTURE(chopping.name);
    CHECK(read_all(chopping.pieces, 512) ==
          "message [1] · ping ab · message  · pong  · message " + std::string(300, 'x'));
  });
}

TEST_CASE("RawSocket: what is longer than was announced, or has reserved bits, closes the connection") {
  using Type = RawSocketPrefix::Type;
  for (const Type type : {Type::ping, Type::pong}) {
    CHECK(read_all({frame(type, std::string(kLongestRawPing, 'x'))}, 512).size() == kLongestRawPing + 5);
    CHECK(read_all({frame(type, std::string(kLongestRawPing + 1, 'x'))}, 1 << 20) ==
          "a ping or a pong that is too long");
  }
  const std::string wrong = frame(Type::message, std::string(513, 'x'));
  for_each_chopping(wrong, [](const Chopping& chopping) {
    CHECK(read_all(chopping.pieces, 512) == "a message longer than was announced");
  });
  CHECK(read_all({frame(Type::message, "a"), from_hex("03000000")}, 512) ==
        "message a · a frame with reserved bits or of an unknown type");
}

TEST_CASE("RawSocket: messages in pieces are written as whole frames, and pongs go in front of them") {
  using Type = RawSocketPrefix::Type;
  RawSocketWriter writer(512);
  CHECK(writer.piece(as_bytes("a"), Last::no));
  CHECK(writer.piece(as_bytes(""), Last::no));
  writer.pong(as_bytes("!"));
  CHECK(writer.output() == frame(Type::pong, "!"));
  CHECK(writer.piece(as_bytes("b"), Last::yes));
  CHECK(writer.piece(as_bytes(""), Last::yes));
  CHECK(writer.piece(as_bytes(std::string(512, 'x')), Last::yes));
  CHECK(writer.output() == frame(Type::pong, "!") + frame(Type::message, "ab") + frame(Type::message, "") +
                               frame(Type::message, std::string(512, 'x')));
}

TEST_CASE("RawSocket: of a message that is longer than the other side takes nothing is written") {
  using Type = RawSocketPrefix::Type;
  RawSocketWriter writer(512);
  CHECK_FALSE(writer.piece(as_bytes(std::string(513, 'x')), Last::yes));
  CHECK(writer.piece(as_bytes(std::string(512, 'x')), Last::no));
  CHECK_FALSE(writer.piece(as_bytes("y"), Last::no));
  CHECK(writer.output().empty());
  CHECK(writer.piece(as_bytes("z"), Last::no));
  writer.drop_message();
  CHECK(writer.piece(as_bytes("last"), Last::yes));
  CHECK(writer.output() == frame(Type::message, "last"));
}
