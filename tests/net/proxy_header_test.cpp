#include "router/net/proxy_header.h"

#include <doctest/doctest.h>

#include "router/net/socket.h"
#include "tests/support/chopper.h"

using namespace zeroway;

namespace {

// "SOURCE > DESTINATION", "real peer", or "failed: WHY"; and how many bytes behind the header were left.
std::string read_all(const std::vector<std::string_view>& pieces) {
  ProxyHeaderReader reader;
  std::size_t left = 0;
  for (const std::string_view piece : pieces) left += piece.size() - reader.read(as_bytes(piece));
  if (reader.state() == ProxyHeaderReader::State::failed) return "failed: " + std::string(reader.failure());
  if (reader.state() == ProxyHeaderReader::State::reading) return "wants more";
  const std::string who =
      reader.has_ends() ? show(reader.ends().source) + " > " + show(reader.ends().destination) : "real peer";
  return who + ", left " + std::to_string(left);
}

std::string binary(std::string_view command_and_family, std::size_t length, std::string_view rest) {
  std::string text("\r\n\r\n\0\r\nQUIT\n", 12);
  text.append(command_and_family);
  text.push_back(static_cast<char>(length >> 8));
  text.push_back(static_cast<char>(length & 0xff));
  return text.append(rest);
}

const std::string kFour("\x0a\x00\x00\x01\xc0\x00\x02\x07\x9c\x40\x01\xbb", 12);  // 10.0.0.1:40000 > 192.0.2.7:443

std::string six(std::string_view source_end) {
  std::string text(32, '\0');
  text[0] = text[16] = '\x20';
  text[1] = text[17] = '\x01';
  text.replace(16 - source_end.size(), source_end.size(), source_end);
  text[31] = 9;
  return text + std::string("\x00\x50\x1f\x90", 4);
}

std::string mapped() {
  std::string text(32, '\0');
  for (const std::size_t at : {std::size_t{0}, std::size_t{16}}) {
    text[at + 10] = text[at + 11] = '\xff';
    text[at + 12] = 10;
    text[at + 15] = static_cast<char>(at / 16 + 1);
  }
  return text + std::string("\x00\x01\x00\x02", 4);
}

struct Case {
  std::string name;
  std::string input;  // "GET" is what follows the header
  std::string expected;
};

const std::vector<Case>& cases() {
  using namespace std::string_literals;
  static const std::vector<Case> all = {
      {"v1 IPv4", "PROXY TCP4 10.0.0.1 192.0.2.7 40000 443\r\nGET", "10.0.0.1:40000 > 192.0.2.7:443, left 3"},
      {"v1 IPv6", "PROXY TCP6 2001:db8::1 ::1 1 65535\r\nGET", "[2001:db8::1]:1 > [::1]:65535, left 3"},
      {"v1 IPv4 inside IPv6", "PROXY TCP6 ::ffff:10.0.0.1 ::ffff:10.0.0.2 1 2\r\n", "10.0.0.1:1 > 10.0.0.2:2, left 0"},
      {"v1 unknown", "PROXY UNKNOWN\r\nGET", "real peer, left 3"},
      {"v1 unknown with more", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\nGET", "real peer, left 3"},
      {"v1 longest", "PROXY UNKNOWN " + std::string(91, 'x') + "\r\nGET", "real peer, left 3"},
      {"v1 too long", "PROXY UNKNOWN " + std::string(92, 'x') + "\r\nGET",
       "failed: the line of the PROXY header is too long"},
      {"v1 without end", "PROXY TCP4 10.0.0.1 192.0.2.7 40000 443", "wants more"},
      {"v1 ends with LF alone", "PROXY UNKNOWN\nGET / HTTP/1.1", "wants more"},
      {"v1 no protocol", "PROXY \r\n", "failed: no such protocol in the PROXY header"},
      {"v1 other protocol", "PROXY UDP4 10.0.0.1 192.0.2.7 1 2\r\n", "failed: no such protocol in the PROXY header"},
      {"v1 lower case", "PROXY tcp4 10.0.0.1 192.0.2.7 1 2\r\n", "failed: no such protocol in the PROXY header"},
      {"v1 two spaces", "PROXY TCP4  10.0.0.1 192.0.2.7 1 2\r\n",
       "failed: the PROXY header has not four parts behind its protocol"},
      {"v1 part missing", "PROXY TCP4 10.0.0.1 192.0.2.7 1\r\n",
       "failed: the PROXY header has not four parts behind its protocol"},
      {"v1 part too much", "PROXY TCP4 10.0.0.1 192.0.2.7 1 2 3\r\n",
       "failed: the PROXY header has not four parts behind its protocol"},
      {"v1 other family", "PROXY TCP4 ::1 192.0.2.7 1 2\r\n", "failed: a bad address or port in the PROXY header"},
      {"v1 address cut by zero", "PROXY TCP4 10.0.0.1\0x 192.0.2.7 1 2\r\n"s,
       "failed: a bad address or port in the PROXY header"},
      {"v1 port too high", "PROXY TCP4 10.0.0.1 192.0.2.7 65536 2\r\n",
       "failed: a bad address or port in the PROXY header"},
      {"v1 port with zero in front", "PROXY TCP4 10.0.0.1 192.0.2.7 01 2\r\n",
       "failed: a bad address or port in the PROXY header"},
      {"v1 signed port", "PROXY TCP4 10.0.0.1 192.0.2.7 +1 2\r\n", "failed: a bad address or port in the PROXY header"},
      {"v1 empty port", "PROXY TCP4 10.0.0.1 192.0.2.7 1 \r\n", "failed: a bad address or port in the PROXY header"},
      {"no header", "GET / HTTP/1.1\r\n", "failed: no PROXY header"},
      {"nearly v1", "PROXYX", "failed: no PROXY header"},
      {"nearly v2", "\r\n\r\nX", "failed: no PROXY header"},
      {"TLS", "\x16\x03\x01", "failed: no PROXY header"},
      {"nothing", "", "wants more"},
      {"v2 IPv4", binary("\x21\x11", 12, kFour + "GET"), "10.0.0.1:40000 > 192.0.2.7:443, left 3"},
      {"v2 IPv6", binary("\x21\x21", 36, six("\x07") + "GET"), "[2001::7]:80 > [2001::9]:8080, left 3"},
      {"v2 IPv4 inside IPv6", binary("\x21\x21", 36, mapped()), "10.0.0.1:1 > 10.0.0.2:2, left 0"},
      {"v2 with extensions", binary("\x21\x11", 12 + 300, kFour + std::string(300, 't') + "GET"),
       "10.0.0.1:40000 > 192.0.2.7:443, left 3"},
      {"v2 with the most extensions", binary("\x21\x11", 65'535, kFour + std::string(65'523, 't') + "GET"),
       "10.0.0.1:40000 > 192.0.2.7:443, left 3"},
      {"v2 extensions cut", binary("\x21\x11", 13, kFour), "wants more"},
      {"v2 addresses cut", binary("\x21\x11", 12, kFour.substr(1)), "wants more"},
      {"v2 local", binary("\x20\x00"s, 0, "GET"), "real peer, left 3"},
      {"v2 local with addresses", binary("\x20\x11", 12, kFour + "GET"), "real peer, left 3"},
      {"v2 no family", binary("\x21\x00"s, 5, "12345GET"), "real peer, left 3"},
      {"v2 UDP", binary("\x21\x12", 12, kFour + "GET"), "real peer, left 3"},
      {"v2 unix sockets", binary("\x21\x31", 216, std::string(216, 'p') + "GET"), "real peer, left 3"},
      {"v2 unknown family", binary("\x21\xf1", 1, "xGET"), "real peer, left 3"},
      {"v2 too short for IPv4", binary("\x21\x11", 11, kFour),
       "failed: the PROXY header is shorter than its addresses"},
      {"v2 too short for IPv6", binary("\x21\x21", 35, kFour),
       "failed: the PROXY header is shorter than its addresses"},
      {"v2 other version", binary("\x31\x11", 12, kFour), "failed: no such version of the PROXY header"},
      {"v2 other command", binary("\x22\x11", 12, kFour), "failed: no such command in the PROXY header"},
  };
  return all;
}

}  // namespace

TEST_CASE("proxy header: every case, however it is cut") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    test::for_each_chopping(one.input, [&](const test::Chopping& chopping) {
      CAPTURE(chopping.name);
      CHECK(read_all(chopping.pieces) == one.expected);
    });
  }
}

TEST_CASE("proxy header: extensions need no memory, and nothing is taken behind the end") {
  ProxyHeaderReader reader;
  const std::string head = binary("\x21\x11", 65'535, kFour);
  CHECK(reader.read(as_bytes(head)) == head.size());
  const std::string rest(70'000, 't');
  CHECK(reader.read(as_bytes(rest)) == 65'523);
  CHECK(reader.state() == ProxyHeaderReader::State::done);
  CHECK(reader.read(as_bytes(rest)) == 0);
}

TEST_CASE("proxy header: what is written is read back") {
  struct Written {
    ConnectionEnds ends;
    std::string expected;
  };
  const std::vector<Written> written = {
      {{{"10.0.0.1", 40'000}, {"192.0.2.7", 443}}, "10.0.0.1:40000 > 192.0.2.7:443, left 0"},
      {{{"2001:db8::1", 1}, {"::1", 65'535}}, "[2001:db8::1]:1 > [::1]:65535, left 0"},
      {{{"10.0.0.1", 1}, {"2001:db8::1", 2}}, "10.0.0.1:1 > [2001:db8::1]:2, left 0"},
      {{{"fe80::1%eth0", 1}, {"::1", 2}}, "[fe80::1]:1 > [::1]:2, left 0"},
      {{{"", 0}, {"192.0.2.7", 443}}, "real peer, left 0"},
      {{{"10.0.0.1", 1}, {"", 0}}, "real peer, left 0"},
  };
  for (const Written& one : written) {
    CAPTURE(one.expected);
    for (const ProxyVersion version : {ProxyVersion::one, ProxyVersion::two}) {
      CHECK(read_all({proxy_header(version, one.ends)}) == one.expected);
    }
  }
  CHECK(read_all({own_proxy_header(ProxyVersion::one)}) == "real peer, left 0");
  CHECK(read_all({own_proxy_header(ProxyVersion::two)}) == "real peer, left 0");
}

TEST_CASE("proxy header: the written bytes are those of the specification") {
  const ConnectionEnds ends{{"10.0.0.1", 40'000}, {"192.0.2.7", 443}};
  CHECK(proxy_header(ProxyVersion::one, ends) == "PROXY TCP4 10.0.0.1 192.0.2.7 40000 443\r\n");
  CHECK(proxy_header(ProxyVersion::two, ends) == binary("\x21\x11", 12, kFour));
  CHECK(own_proxy_header(ProxyVersion::two) == binary(std::string_view("\x20\x00", 2), 0, ""));
}
