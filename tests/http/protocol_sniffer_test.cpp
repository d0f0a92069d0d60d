#include "router/http/protocol_sniffer.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

Sniffed sniff(std::string_view text) { return sniff_protocol(as_bytes(text)); }

}  // namespace

TEST_CASE("sniffer: HTTP/2's preface is known as soon as no HTTP/1.1 request line can be it (RFC 9113 §3.4)") {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  for (std::size_t size = 0; size < 14; ++size) {
    CAPTURE(size);
    CHECK(sniff(preface.substr(0, size)) == Sniffed::more);
  }
  for (std::size_t size = 14; size <= preface.size(); ++size) CHECK(sniff(preface.substr(0, size)) == Sniffed::http2);
}

TEST_CASE("sniffer: everything else is HTTP/1.1's to understand or to refuse") {
  for (const char* text : {"GET / HTTP/1.1\r\n", "G", "\r\n", "POST / HTTP/1.1", "PUT", "PA", "PRIVATE / HTTP/1.1",
                           "PRI / HTTP/1.1\r\n", "PRI * HTTP/1.1\r\n", "\x16\x03\x01", "pri * HTTP/2.0\r\n"}) {
    CAPTURE(text);
    CHECK(sniff(text) == Sniffed::http1);
  }
  CHECK(sniff("P") == Sniffed::more);
  CHECK(sniff("PRI * HTTP/2.1") == Sniffed::http1);
}
