// permessage-deflate (RFC 7692) with all its windows and both kinds of memory, strictly.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/http/ws_cases.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

WsDeflateTerms terms(std::uint8_t ours = 15, std::uint8_t theirs = 15, bool our_takeover = true,
                     bool their_takeover = true) {
  return {our_takeover, their_takeover, ours, theirs, 8};
}

std::string packed(unsigned opcode, std::string_view payload) { return frame(opcode, payload, {.reserved = 4}); }

// Something to refer back to, and something that cannot be.
std::string sample(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string made;
  while (made.size() < size) {
    if (random() % 3 == 0) {
      made += std::to_string(random());
    } else {
      made += "{\"name\": \"value\", \"list\": [1, 2, 3]}";
    }
  }
  return made.substr(0, size);
}

TEST_CASE("ws conformance: compressed messages, every window and takeover (RFC 7692 §7.1)") {
  for (const int window : {8, 9, 10, 11, 12, 13, 14, 15}) {
    for (const bool takeover : {true, false}) {
      const auto agreed =
          terms(static_cast<std::uint8_t>(window), static_cast<std::uint8_t>(window), takeover, takeover);
      ClientDeflate client(std::max(window, 9), takeover);  // zlib's 9 is fit for 8
      std::string input, wanted;
      for (const std::size_t size :
           std::initializer_list<std::size_t>{16U, 64U, 256U, 1024U, 4096U, 8192U, 16'384U, 32'768U, 0U, 40'000U}) {
        const auto message = sample(size, static_cast<unsigned>(size));
        input += packed(kText, client.message(message));
        input += packed(kBinary, client.message(message));
        wanted = then(then(wanted, text(message)), binary(message));
      }
      run(echoed("window " + std::to_string(window), input, wanted), kUsual, agreed);
    }
  }
}

TEST_CASE("ws conformance: our compressor keeps to its window and forgets when it must") {
  for (const unsigned window : {8U, 9U, 12U, 15U}) {
    for (const bool takeover : {true, false}) {
      EchoWorker worker(kUsual, terms(static_cast<std::uint8_t>(window), 15, takeover, true));
      std::string wanted;
      for (unsigned i = 0; i < 20; ++i) {
        const auto message = sample(5'000 * i, 1);
        worker.feed(frame(kBinary, message));  // not compressed by the client: legal at any time
        wanted = then(wanted, binary(message));
      }
      CHECK(worker.client.text() == wanted);
      CHECK(worker.client.compressed == 19);
    }
  }
}

TEST_CASE("ws conformance: compressed fragments, RSV1 on the first only (RFC 7692 §6.1)") {
  ClientDeflate client;
  const auto message = sample(3'000, 7);
  const auto body = client.message(message);
  std::string input;
  for (std::size_t at = 0; at < body.size(); at += 100) {
    input += part(at == 0 ? kText : kContinuation, std::string_view(body).substr(at, 100), at == 0 ? 4 : 0);
    input += part(kContinuation, "");
  }
  input += frame(kContinuation);
  run(echoed("fragments", input, text(message)), kUsual, terms());
  run(broken("RSV1 on a continuation",
             part(kText, body.substr(0, 10), 4) + frame(kContinuation, body.substr(10), {.reserved = 4})),
      kUsual, terms());
  run(broken("RSV1 on a ping", frame(kPing, "x", {.reserved = 4})), kUsual, terms());
  run(broken("RSV1 on a close", frame(kClose, "\x03\xe8", {.reserved = 4})), kUsual, terms());
  for (const unsigned bits : {1U, 2U, 3U, 5U, 6U, 7U}) {
    run(broken("bits " + std::to_string(bits), frame(kText, body, {.reserved = bits})), kUsual, terms());
  }
}

TEST_CASE("ws conformance: a compressed message among others that are not") {
  ClientDeflate client;
  const auto first = client.message("Hello"), second = client.message("Hello");
  run(echoed("mixed", packed(kText, first) + frame(kText, "plain") + packed(kText, second),
             text("Hello") + " · " + text("plain") + " · " + text("Hello")),
      kUsual, terms());
}

TEST_CASE("ws conformance: the worked examples of RFC 7692 §7.2.3") {
  const auto hello = text("Hello");
  const std::string one("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  run(echoed("7.2.3.1", packed(kText, one), hello), kUsual, terms());
  run(echoed("7.2.3.1 in fragments", part(kText, one.substr(0, 3), 4) + frame(kContinuation, one.substr(3)), hello),
      kUsual, terms());
  run(echoed("7.2.3.2 shared window", packed(kText, one) + packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)),
             hello + " · " + hello),
      kUsual, terms());
  run(echoed("7.2.3.3 stored", packed(kText, std::string("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11)), hello),
      kUsual, terms());
  const std::string final("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  run(echoed("7.2.3.4 BFINAL", packed(kText, final), hello), kUsual, terms());
  run(echoed("7.2.3.4 BFINAL, then its window is still there",
             packed(kText, final) + packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)), hello + " · " + hello),
      kUsual, terms());
  run(echoed("7.2.3.5 two blocks",
             packed(kText, std::string("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13)), hello),
      kUsual, terms());
  run(echoed("7.2.3.6 empty", packed(kText, std::string(1, '\0')), text("")), kUsual, terms());
}

TEST_CASE("ws conformance: what does not inflate, or not to text") {
  run(broken("no deflate", packed(kBinary, "\xff\xff\xff\xff"), 1007), kUsual, terms());
  run(broken("a reference before the beginning", packed(kBinary, std::string("\xf2\x00\x11\x00\x00", 5)), 1007), kUsual,
      terms());
  ClientDeflate client;
  run(broken("bad text", packed(kText, client.message("abc\xff")), 1007), kUsual, terms());
  run(broken("a reference to a message that was to be forgotten",
             packed(kText, std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7)) +
                 packed(kText, std::string("\xf2\x00\x11\x00\x00", 5)),
             1007, text("Hello")),
      kUsual, terms(15, 15, true, false));
}

TEST_CASE("ws conformance: each side its own window and memory, all that can be agreed on (RFC 7692 §7.1)") {
  const std::vector<std::string> messages{sample(300, 1), sample(20'000, 2), sample(300, 1), "", sample(40'000, 3)};
  std::string wanted;
  for (const auto& message : messages) wanted = then(wanted, binary(message));
  for (unsigned ours = 8; ours <= 15; ++ours) {
    for (unsigned theirs = 8; theirs <= 15; ++theirs) {
      for (unsigned takeovers = 0; takeovers < 4; ++takeovers) {
        CAPTURE(ours);
        CAPTURE(theirs);
        CAPTURE(takeovers);
        const bool their_takeover = (takeovers & 2U) != 0;
        EchoWorker worker(kUsual, terms(static_cast<std::uint8_t>(ours), static_cast<std::uint8_t>(theirs),
                                        (takeovers & 1U) != 0, their_takeover));
        ClientDeflate client(std::max(static_cast<int>(theirs), 9), their_takeover);
        for (const auto& message : messages) worker.feed(packed(kBinary, client.message(message)));
        CHECK(worker.client.text() == wanted);
        CHECK(worker.told == wanted);
      }
    }
  }
}

TEST_CASE("ws conformance: our compressor has the memory that it may have") {
  std::size_t sizes[2]{};
  const auto message = sample(200'000, 1);
  for (const unsigned level : {1U, 9U}) {
    WebSocketDeflate wishes;
    wishes.memory_level = level;
    const auto agreed = agree_on_extensions(Head{{"sec-websocket-extensions", "permessage-deflate"}}, wishes);
    REQUIRE(agreed.has_value());
    EchoWorker worker(kUsual, agreed->deflate);
    worker.codec.piece(as_bytes(message), MessageKind::binary, Last::yes);
    sizes[level / 9] = worker.output.size();
    worker.flush();
    CHECK(worker.client.text() == binary(message));
  }
  CHECK(sizes[0] > sizes[1] + 1000);
}

TEST_CASE("ws conformance: what was agreed on is what is done (RFC 7692 §7.1)") {
  for (unsigned bits = 8; bits <= 15; ++bits) {
    for (unsigned flags = 0; flags < 16; ++flags) {
      std::string offer = "permessage-deflate";
      if ((flags & 1U) != 0) offer += "; server_no_context_takeover";
      if ((flags & 2U) != 0) offer += "; client_no_context_takeover";
      if ((flags & 4U) != 0) offer += "; server_max_window_bits=" + std::to_string(bits);
      if ((flags & 8U) != 0) offer += "; client_max_window_bits=" + std::to_string(bits);
      CAPTURE(offer);
      const Head request{{"sec-websocket-extensions", offer}};
      const auto agreed = agree_on_extensions(request, WebSocketDeflate{});
      REQUIRE(agreed.has_value());
      REQUIRE(agreed->deflate.has_value());
      const auto says = [&](const std::string& what) { return agreed->reply.find(what) != std::string::npos; };
      CHECK(agreed->deflate->our_takeover == ((flags & 1U) == 0));
      CHECK(says("server_no_context_takeover") == ((flags & 1U) != 0));
      CHECK(agreed->deflate->their_takeover == ((flags & 2U) == 0));
      CHECK(says("client_no_context_takeover") == ((flags & 2U) != 0));
      CHECK(agreed->deflate->our_window_bits == ((flags & 4U) != 0 ? bits : 15));
      CHECK(says("server_max_window_bits=" + std::to_string(bits)) == ((flags & 4U) != 0));
      CHECK(agreed->deflate->their_window_bits == ((flags & 8U) != 0 ? bits : 15));
    }
  }
}

TEST_CASE("ws conformance: compressed messages of 16 bytes to 128 KiB, whole and in fragments, a hundred of each") {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{16U, 64U, 256U, 1024U, 4096U, 8192U, 16'384U, 32'768U, 65'536U, 131'072U}) {
    for (const std::size_t fragment : std::initializer_list<std::size_t>{256U, 1024U, 4096U, 32'768U, 1U << 20}) {
      EchoWorker worker(kUsual, terms());
      ClientDeflate client;
      std::string wanted;
      const unsigned count = size > 16'384 ? 10 : 100;
      for (unsigned number = 0; number < count; ++number) {
        const auto message = sample(size, number % 7);
        const auto body = client.message(message);
        std::string input;
        for (std::size_t at = 0; at < body.size(); at += fragment) {
          input += frame(at == 0 ? kText : kContinuation, std::string_view(body).substr(at, fragment),
                         {.is_final = at + fragment >= body.size(), .reserved = at == 0 ? 4U : 0U});
        }
        worker.feed(input);
        wanted += (number == 0 ? "" : " · ") + text(message);
      }
      CHECK(worker.client.text() == wanted);
    }
  }
}

TEST_CASE("ws conformance: control frames between compressed fragments") {
  ClientDeflate client;
  const auto body = client.message(sample(2'000, 9));
  const auto half = body.size() / 2;
  run({"a ping between",
       part(kText, body.substr(0, half), 4) + frame(kPing, "?") + frame(kContinuation, body.substr(half)) + good_bye(),
       shown("pong", "?") + " · " + text(sample(2'000, 9)) + " · " + closed(1000),
       text(sample(2'000, 9)) + " · " + closed(1000)},
      kUsual, terms());
  run(broken("a reserved bit on the ping between",
             part(kText, body.substr(0, half), 4) + frame(kPing, "?", {.reserved = 4})),
      kUsual, terms());
  run(broken("a compressed message within a compressed message",
             part(kText, body.substr(0, half), 4) + packed(kText, body)),
      kUsual, terms());
}

}  // namespace
}  // namespace zeroway::test
