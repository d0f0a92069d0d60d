#include "router/net/tls_hello.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

std::string sized(std::size_t width, const std::string& bytes) {
  std::string out;
  for (std::size_t left = width; left > 0; --left) out.push_back(static_cast<char>(bytes.size() >> (8 * (left - 1))));
  return out + bytes;
}

std::string host(const std::string& name, char type = '\0') { return std::string(1, type) + sized(2, name); }

std::string name_in(const std::string& extension) { return std::string(read_server_name(as_bytes(extension))); }

bool offers(const std::string& extension) { return offers_protocol(as_bytes(extension), kAcmeProtocol); }

}  // namespace

TEST_CASE("tls hello: the name of a client, or none where the extension is not one (RFC 6066 section 3)") {
  const std::string good = sized(2, host("a.test"));
  CHECK(name_in(good) == "a.test");
  CHECK(name_in(sized(2, host("other", 1) + host("a.test"))) == "a.test");
  CHECK(name_in(sized(2, host(std::string("a\0b", 3)))) == "");
  CHECK(name_in(sized(2, host(""))) == "");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(name_in(good.substr(0, size)) == "");
  }
}

TEST_CASE("tls hello: a protocol is offered only by its whole name (RFC 7301 section 3.1)") {
  CHECK(offers(sized(2, sized(1, "acme-tls/1"))));
  CHECK(offers(sized(2, sized(1, "h2") + sized(1, "acme-tls/1"))));
  CHECK_FALSE(offers(sized(2, sized(1, "acme-tls/10"))));
  CHECK_FALSE(offers(sized(2, sized(1, "acme-tls/"))));
  CHECK_FALSE(offers(sized(2, sized(1, "h2") + "\x0b"
                                               "acme-tls/1")));  // one byte short
  CHECK_FALSE(offers(""));
}
