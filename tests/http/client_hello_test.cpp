// First messages of TLS, whole, byte by byte, and over any records.
#include "router/http/client_hello.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "router/http/limits.h"

using namespace zeroway;

namespace {

using State = ClientHello::State;

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string vector(const std::string& content, int bytes) { return number(content.size(), bytes) + content; }

std::string extension(std::size_t type, const std::string& content) { return number(type, 2) + vector(content, 2); }

std::string server_name(const std::string& name) {
  return extension(0, vector(std::string(1, '\0') + vector(name, 2), 2));
}

std::string hello(const std::string& extensions, const std::string& ciphers = "\x13\x01") {
  const std::string body = "\x03\x03" + std::string(32, 'r') + vector(std::string(32, 's'), 1) + vector(ciphers, 2) +
                           vector(std::string(1, '\0'), 1) + vector(extensions, 2);
  return "\x01" + vector(body, 3);
}

// In records of at most `most` bytes.
std::string records(const std::string& message, std::size_t most = 16'384) {
  std::string all;
  for (std::size_t at = 0; at < message.size(); at += most) all += "\x16\x03\x01" + vector(message.substr(at, most), 2);
  return all;
}

ClientHello read(const std::string& bytes) { return read_client_hello(as_bytes(bytes)); }

// Whatever the cuts are, there is one verdict.
void check_name(const std::string& bytes, const std::string& name) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    REQUIRE(read(bytes.substr(0, size)).state == State::more);
  }
  CHECK(read(bytes).state == State::whole);
  CHECK(read(bytes).name == name);
}

}  // namespace

TEST_CASE("client hello: the name, wherever the extension stands and however the records are cut (RFC 6066 §3)") {
  const std::string name = server_name("Db.Example.com.");
  const std::string grease = extension(0x1a1a, "") + extension(0xfafa, "x");
  for (const std::string& extensions : {name, grease + name, extension(43, "\x02\x03\x04") + name + grease}) {
    check_name(records(hello(extensions)), "db.example.com");
    check_name(records(hello(extensions), 7), "db.example.com");
    check_name(records(hello(extensions), 1), "db.example.com");
  }
}

TEST_CASE("client hello: a post-quantum key share takes two segments, GREASE ciphers are passed over") {
  const std::string share = extension(51, vector(number(0x11ec, 2) + vector(std::string(1'216, 'k'), 2), 2));
  const std::string bytes = records(hello(share + server_name("pq.test"), "\x0a\x0a\x13\x01\xfa\xfa"));
  CHECK(bytes.size() > 1'300);
  CHECK(read(bytes.substr(0, 1'300)).state == State::more);
  check_name(bytes, "pq.test");
}

TEST_CASE("client hello: without a name") {
  check_name(records(hello("")), "");
  check_name(records(hello(extension(43, "\x02\x03\x04"))), "");
  check_name(records(hello(extension(0, vector("", 2)))), "");
  // TLS 1.2 without extensions
  const std::string body =
      "\x03\x03" + std::string(32, 'r') + vector("", 1) + vector("\x13\x01", 2) + vector("\x01", 1);
  check_name(records("\x01" + vector(body, 3)), "");
}

TEST_CASE("client hello: early data behind it is not looked at (RFC 8446 §4.2.10)") {
  const std::string bytes = records(hello(server_name("early.test")));
  for (const std::string& more : {std::string("\x14\x03\x03\x00\x01\x01", 6),
                                  std::string("\x17\x03\x03\x00\x02"
                                              "ab",
                                              7),
                                  std::string("GET / HTTP/1.1\r\n")}) {
    CHECK(read(bytes + more).state == State::whole);
    CHECK(read(bytes + more).name == "early.test");
  }
}

TEST_CASE("client hello: what is none") {
  const std::string good = hello(server_name("a.test"));
  std::string cut = good;
  cut.resize(cut.size() - 4);
  cut[3] = static_cast<char>(static_cast<unsigned char>(cut[3]) - 4);  // a shorter message: its extensions are cut
  const std::vector<std::string> wrong{
      "GET / HTTP/1.1\r\n",
      "SSH-2.0-OpenSSH_9.2\r\n",
      std::string("\x80\x2e\x01\x03\x01", 5),  // SSLv2's form
      std::string("\x16\x02\x00\x00\x05", 5),  // no TLS version
      std::string("\x16\x03\x01\x00\x00", 5),  // an empty record
      records("\x02" + good.substr(1)),        // a ServerHello
      records(cut),
      records(hello(server_name(std::string("a\0b", 3)))),
      records(hello(server_name("a b"))),
      records(hello(server_name(""))),
      records(hello(server_name(std::string(254, 'a')))),
      records(hello(extension(0, std::string(1, '\0')))),
      records("\x01" + number(kMaxClientHello, 3)),
  };
  for (const std::string& bytes : wrong) {
    INFO(bytes);
    CHECK(read(bytes).state == State::wrong);
    CHECK_FALSE(std::string(read(bytes).failure).empty());
    CHECK(read(bytes).name.empty());
  }
}

TEST_CASE("client hello: up to 16 KiB of it are read, and no more bytes are kept than that with its records") {
  const std::string long_one = extension(21, std::string(15'000, '\0')) + server_name("long.test");
  CHECK(read(records(hello(long_one))).name == "long.test");
  CHECK(read(records(hello(extension(21, std::string(16'400, '\0'))))).state == State::wrong);
  CHECK(read(records(hello(long_one), 1)).state == State::wrong);
}
