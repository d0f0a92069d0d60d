#include "proto/hpack.h"

#include <doctest/doctest.h>

#include <array>

#include "proto/hpack_plain.h"

#include <string>

using namespace zeroway;

namespace {

std::string encoded(const Head& head) {
  HpackEncoder encoder;
  std::string out;
  encoder.encode(head, out);
  return out;
}

std::string as_lines(const Head& head) {
  std::string out;
  for (const Field field : head) out.append(field.name).append("=").append(field.value).append("\n");
  return out;
}

Head decoded(HpackDecoder& decoder, std::string_view block) {
  Head head;
  const auto result = decoder.decode(as_bytes(block), head);
  CHECK_MESSAGE(result.has_value(), (result ? std::string() : result.error().detail));
  return head;
}

bool fails(HpackDecoder& decoder, std::string_view block) {
  Head head;
  const auto result = decoder.decode(as_bytes(block), head);
  return !result && result.error().code == Code::frame_error;
}

const Head kRequest{{":method", "GET"}, {":scheme", "http"}, {":authority", "a.example"}, {":path", "/x?y=%20z"}};

}  // namespace

TEST_CASE("hpack: a head comes back as it was, in order and with its repeats") {
  Head head = kRequest;
  head.add("cookie", "a=1");
  head.add("cookie", "b=2");
  head.add("x-empty", "");
  head.add("authorization", "secret");
  HpackDecoder decoder;
  CHECK(as_lines(decoded(decoder, encoded(head))) == as_lines(head));
}

TEST_CASE("hpack: every byte of a value survives") {
  std::string value;
  for (int i = 0; i < 256; ++i) value.push_back(static_cast<char>(i));
  HpackDecoder decoder;
  CHECK(decoded(decoder, encoded({{"x-bytes", value}})).find("x-bytes") == value);
}

TEST_CASE("hpack: no block begins with a table size update") { CHECK(encoded({{":method", "GET"}}) == "\x82"); }

TEST_CASE("hpack: the same head is the same block every time") {
  HpackEncoder encoder;
  std::string first, second;
  encoder.encode(kRequest, first);
  encoder.encode(kRequest, second);
  CHECK(first == second);
}

TEST_CASE("hpack: encode appends") {
  HpackEncoder encoder;
  std::string out = "kept";
  encoder.encode({{":method", "GET"}}, out);
  CHECK(out == "kept\x82");
}

TEST_CASE("hpack: blocks decode in any order, and when others never arrive") {
  HpackEncoder encoder;
  std::string blocks[3];
  for (int i = 0; i < 3; ++i) encoder.encode({{"x-name", "value " + std::to_string(i)}}, blocks[i]);
  HpackDecoder decoder;
  CHECK(decoded(decoder, blocks[2]).find("x-name") == "value 2");
  CHECK(decoded(decoder, blocks[0]).find("x-name") == "value 0");
}

TEST_CASE("hpack: a head of hundreds of fields comes back whole") {
  Head head;
  for (int i = 0; i < 500; ++i) head.add("n" + std::to_string(i), std::to_string(i));
  HpackDecoder decoder;
  CHECK(as_lines(decoded(decoder, encoded(head))) == as_lines(head));
}

TEST_CASE("hpack: an empty block is an empty head") {
  HpackDecoder decoder;
  CHECK(decoded(decoder, "").is_empty());
}

TEST_CASE("hpack: decode clears the head first") {
  HpackDecoder decoder;
  Head head{{"old", "1"}};
  REQUIRE(decoder.decode(as_bytes("\x82"), head).has_value());
  CHECK(as_lines(head) == ":method=GET\n");
}

TEST_CASE("hpack: a size update to 0 may begin any block (RFC 7541 §4.2)") {
  HpackDecoder decoder;
  CHECK(decoded(decoder, "\x20\x82").method() == "GET");
  CHECK(decoded(decoder, "\x20\x82").method() == "GET");
}

TEST_CASE("hpack: a size update above 0 fails") {
  HpackDecoder decoder;
  CHECK(fails(decoder, "\x3f\xe1\x1f\x82"));
}

TEST_CASE("hpack: a size update after a field fails (RFC 7541 §4.2)") {
  HpackDecoder decoder;
  CHECK(fails(decoder, "\x82\x20"));
}

TEST_CASE("hpack: a literal with indexing decodes and is not remembered") {
  HpackDecoder decoder;
  CHECK(decoded(decoder,
                "\x40\x01"
                "a"
                "\x01"
                "b")
            .find("a") == "b");
  CHECK(fails(decoder, "\xbe"));
}

TEST_CASE("hpack: a reference to the dynamic table fails, also within the block that would have filled it") {
  HpackDecoder decoder;
  CHECK(fails(decoder,
              "\x40\x01"
              "a"
              "\x01"
              "b"
              "\xbe"));
}

TEST_CASE("hpack: the decoder is good for the next block after each kind of failure") {
  HpackDecoder decoder;
  const std::string_view malformed[] = {"\x80",
                                        "\xbe",
                                        "\x82\x20",
                                        "\x40",
                                        "\x40\x05"
                                        "ab",
                                        "\x3f\xe1\x1f",
                                        "\xff\xff\xff\xff\xff\xff",
                                        "\x40\x81\xff\x01"
                                        "b"};
  for (const std::string_view block : malformed) {
    CHECK(fails(decoder, block));
    CHECK(decoded(decoder, encoded(kRequest)).path() == "/x?y=%20z");
  }
}

TEST_CASE("hpack: a list of exactly the limit decodes, one byte more fails") {
  const Head head{{"name", std::string(64, 'v')}};
  const std::string block = encoded(head);
  HpackDecoder decoder;
  Head out;
  CHECK(decoder.decode(as_bytes(block), out, 4 + 64 + 32).has_value());
  const auto over = decoder.decode(as_bytes(block), out, 4 + 64 + 31);
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().detail == "header list of over 99 bytes");
}

TEST_CASE("hpack: a bomb of tiny fields fails when the limit is passed, not after all of it") {
  const std::string bomb(1'000'000, '\x82');  // 42 bytes of list from each byte
  HpackDecoder decoder;
  Head head;
  CHECK_FALSE(decoder.decode(as_bytes(bomb), head).has_value());
  CHECK(head.list_size() <= kMaxHeadSize);
}

TEST_CASE("hpack: what is written plainly is read the same by nghttp2") {
  Head head{{":status", "200"},
            {":status", "201"},
            {":path", "/"},
            {":path", "/index.html"},
            {":path", "/x"},
            {"accept-encoding", "gzip, deflate"},
            {"accept-encoding", ""},
            {"www-authenticate", "Basic"},
            {"cookie", "secret"},
            {"x", ""},
            {"x-long", std::string(20'000, 'v')},
            {std::string(300, 'n'), "v"}};
  HpackDecoder decoder;
  Head read;
  REQUIRE(decoder.decode_any(as_bytes(encoded(head)), read).has_value());
  CHECK(as_lines(read) == as_lines(head));
  REQUIRE(decode_plain(as_bytes(encoded(head)), read = Head(), kMaxHeadSize));
  CHECK(as_lines(read) == as_lines(head));
}

TEST_CASE("hpack: every name of the static table is written by its number (RFC 7541 Appendix A)") {
  HpackDecoder decoder;
  for (std::uint8_t entry = 1; entry <= 61; ++entry) {
    const std::array<std::uint8_t, 1> indexed{static_cast<std::uint8_t>(0x80 | entry)};
    Head head;
    REQUIRE(decoder.decode_any(indexed, head).has_value());
    const bool is_whole = !head[0].value.empty();
    CHECK(encoded(head).size() <= (is_whole ? 1U : 3U));
  }
}

TEST_CASE("hpack: secrets are written as never to be indexed (RFC 7541 §7.1.3)") {
  CHECK(encoded({{"authorization", "x"}})[0] == '\x1f');
  CHECK(encoded({{"user-agent", "x"}})[0] == '\x0f');
}

TEST_CASE("hpack: the plain reader leaves everything else to nghttp2") {
  Head head;
  using namespace std::string_view_literals;
  for (const std::string_view block : {"\x41\x01z"sv, "\x01\x81\xff"sv, "\x20"sv, "\xbe"sv, "\x00\x05zz"sv, "\x0f"sv})
    CHECK_FALSE(decode_plain(as_bytes(block), head, kMaxHeadSize));
}
