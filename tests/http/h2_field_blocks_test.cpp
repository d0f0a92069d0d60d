// Every MUST of RFC 7541 that a server can be asked: field blocks, and the table they share.
#include <doctest/doctest.h>

#include "tests/http/h2_bench.h"
#include "tests/http/h2_cases.h"

using namespace zeroway;
using namespace zeroway::test::h2;

namespace {

const std::vector<Case> kHpack{
    {"RFC 7541 2.3.3", "an index beyond both tables", {get_and(raw({0xc6}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 2.3.3",
     "a literal whose name is beyond both tables",
     {get_and(raw({0x7f, 0x10, 0x01, 'x'}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.2", "a table size update at a block's end", {get_and(raw({0x20}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.2", "a table size update at a block's beginning", {get_block(raw({0x20}) + block(kGet))}, kReply1},
    {"RFC 7541 4.2",
     "two table size updates at a block's beginning",
     {get_block(raw({0x20, 0x3f, 0xe1, 0x1f}) + block(kGet))},
     kReply1},
    {"RFC 7541 4.2",
     "a table size update between two fields",
     {get_block(block(kGet) + raw({0x3f, 0xe1, 0x1f}) + field("x", "y"))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.3",
     "a table size update drops what no longer fits",
     {get_and("\x40" + literal("x") + literal("y")),
      frame(kHeaders, kWhole, 3, raw({0x20, 0x3f, 0xe1, 0x1f}) + block(kGet) + "\xbe")},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.4",
     "an entry larger than the table empties it",
     {get_and("\x40" + literal("x") + literal("y")),
      frame(kHeaders, kWhole, 3, block(kGet) + "\x40" + literal("z") + literal(std::string(4'100, 'z'))),
      frame(kHeaders, kWhole, 5, block(kGet) + "\xbe")},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.4",
     "the oldest entry goes first",
     {get_and("\x40" + literal("old") + literal(std::string(2'000, 'o')) + "\x40" + literal("new") +
              literal(std::string(2'000, 'n')) + "\x40" + literal("x") + literal("y")),
      frame(kHeaders, kWhole, 3, block(kGet) + "\xbf"), frame(kHeaders, kWhole, 5, block(kGet) + "\xc0")},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.1",
     "an integer that does not end",
     {get_and(raw({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "a string longer than its block",
     {get_and(raw({0x00, 0x01, 'x', 0x05, 'a'}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.1",
     "an integer with zeros in front",
     {get_and(raw({0x00, 0x7f, 0x80, 0x00}) + std::string(127, 'x') + literal("y"))},
     kReply1},
    {"RFC 7541 5.1", "a length cut off", {get_and(raw({0x00, 0x7f}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman padding of more than 7 bits",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x84, 0x49, 0x50, 0x9f, 0xff}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman padding of zeros",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x83, 0x49, 0x50, 0x90}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman with EOS",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x87, 0x49, 0x51, 0xff, 0xff, 0xff, 0xfa, 0x7f}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.1", "index 0", {get_and(raw({0x80}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.1",
     "indexed fields of the static table",
     {get_block(raw({0x82, 0x86, 0x84}) + field(":authority", "a.test"))},
     kReply1},
    {"RFC 7541 6.2.1",
     "a field is indexed and used again",
     {get_block(raw({0x82, 0x86, 0x84, 0x41}) + literal("a.test")),
      frame(kHeaders, kWhole, 3, raw({0x82, 0x86, 0x84, 0xbe}))},
     "headers 3 :status=200 end"},
    {"RFC 7541 6.2.1",
     "a field is indexed under a name that is",
     {get_and("\x40" + literal("x") + literal("y")), frame(kHeaders, kWhole, 3, block(kGet) + "\x7e" + literal("z")),
      frame(kHeaders, kWhole, 5, block(kGet) + "\xbe\xbf")},
     "headers 5 :status=200 end"},
    {"RFC 7541 6.2.2",
     "a field without indexing is not in the table",
     {get_and(field("x", "y")), frame(kHeaders, kWhole, 3, block(kGet) + "\xbe")},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.2.3",
     "a field that is never indexed is not in the table",
     {get_and(raw({0x10}) + literal("x") + literal("y")), frame(kHeaders, kWhole, 3, block(kGet) + "\xbe")},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.2.3", "a field that is never indexed", {get_and(raw({0x10}) + literal("x") + literal("y"))}, kReply1},
    {"RFC 7541 6.3",
     "a table size of SETTINGS_HEADER_TABLE_SIZE",
     {get_block(raw({0x3f, 0xe1, 0x1f}) + block(kGet))},
     kReply1},
    {"RFC 7541 6.3",
     "a table size above SETTINGS_HEADER_TABLE_SIZE",
     {get_block(raw({0x3f, 0xe2, 0x1f}) + block(kGet))},
     "goaway COMPRESSION_ERROR"},
};

}  // namespace

TEST_CASE("h2 conformance: field blocks, RFC 7541") { check_all(kHpack); }

TEST_CASE("h2 conformance: the examples of RFC 7541 C.3 and C.4, one table after the other") {
  const auto told_of = [](const std::vector<std::string>& blocks) {
    Bench bench;
    bench.start();
    std::uint32_t id = 1;
    for (const std::string& one : blocks) bench.hear(frame(kHeaders, kWhole, std::exchange(id, id + 2), one));
    return bench.told;
  };
  const std::string host = "www.example.com";
  const std::string plain =
      told_of({raw({0x82, 0x86, 0x84, 0x41, 0x0f}) + host, raw({0x82, 0x86, 0x84, 0xbe, 0x58, 0x08}) + "no-cache",
               raw({0x82, 0x87, 0x85, 0xbf, 0x40, 0x0a}) + "custom-key" + raw({0x0c}) + "custom-value"});
  const std::string huffman = told_of(
      {raw({0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff}),
       raw({0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf}),
       raw({0x82, 0x87, 0x85, 0xbf, 0x40, 0x88, 0x25, 0xa8, 0x49, 0xe9, 0x5b, 0xa9,
            0x7d, 0x7f, 0x89, 0x25, 0xa8, 0x49, 0xe9, 0x5b, 0xb8, 0xe8, 0xb4, 0xbf})});
  CHECK(plain ==
        "head 1 :method=GET :scheme=http :path=/ :authority=www.example.com last · end 1 · "
        "head 3 :method=GET :scheme=http :path=/ :authority=www.example.com cache-control=no-cache last · end 3 · "
        "head 5 :method=GET :scheme=http :path=/index.html :authority=www.example.com custom-key=custom-value last · "
        "end 5");
  CHECK(huffman == plain);
}

// RFC 9113 §4.3: one table for the connection. A block that nobody hears of still changes it.
TEST_CASE("h2 conformance: refused, malformed and late blocks are decoded all the same, RFC 9113 §4.3") {
  const std::string indexed = "\x40" + literal("x") + literal("y");
  const auto is_known = [](Bench& bench, std::uint32_t id) {
    bench.hear(frame(kHeaders, kWhole, id, block(kGet) + "\xbe"));
    return bench.told.find("head " + std::to_string(id) + " :method=GET :scheme=http :authority=a.test :path=/ x=y") !=
           std::string::npos;
  };
  {
    HttpLimits limits;
    limits.max_streams = 1;
    Bench bench(limits);
    bench.hear(kMagic + settings() + post(1) + frame(kHeaders, kWhole, 3, block(kGet) + indexed) + rst(1));
    CHECK(bench.client.text().find("rst 3 REFUSED_STREAM") != std::string::npos);
    CHECK(is_known(bench, 5));
  }
  {
    Bench bench;
    bench.start();
    bench.hear(get_and(field("X", "bad") + indexed));
    CHECK(bench.client.text() == kMalformed);
    CHECK(is_known(bench, 3));
  }
  {
    Bench bench;
    bench.start();
    bench.hear(post(1) + headers(1, {{":bad", "trailer"}}, kEndHeaders));
    CHECK(bench.client.text() == kMalformed);
    bench.hear(frame(kHeaders, kWhole, 1, indexed));
    CHECK(is_known(bench, 3));
  }
}

TEST_CASE("h2 conformance: our blocks keep to the client's table, RFC 9113 §4.3.1, RFC 7541 §4.2") {
  const auto first_block_after = [](std::string_view client_settings) {
    Bench bench;
    bench.start();
    bench.hear(get(1));
    bench.hear(client_settings);
    static_cast<void>(bench.codec.read(as_bytes(get(3)), bench));
    bench.codec.flush(1 << 20, bench);
    REQUIRE(bench.codec.output().size() > 9);
    CHECK(bench.codec.output()[3] == kHeaders);
    return bench.codec.output().substr(9);
  };
  CHECK(first_block_after(settings({{1, 0}})).starts_with("\x20"));
  CHECK(first_block_after(settings({{1, 0}}) + settings({{1, 4'096}})).starts_with("\x20\x3f\xe1\x1f"));
  CHECK_FALSE(first_block_after(settings({{3, 7}})).starts_with("\x20"));
}
