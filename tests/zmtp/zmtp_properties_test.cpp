#include "proto/zmtp/zmtp_properties.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string read(const std::string& bytes) {
  const auto properties = read_zmtp_properties(as_bytes(bytes));
  return properties ? properties->socket_type + " '" + properties->identity + "'" : "cut short";
}

}  // namespace

TEST_CASE("zmtp properties: written as libzmq writes them, names spelled so, the type first") {
  std::string out;
  append_zmtp_properties(out, {.socket_type = "DEALER", .identity = "bob"});
  CHECK(out == std::string("\x0bSocket-Type\x00\x00\x00\x06"
                           "DEALER\x08Identity\x00\x00\x00\x03"
                           "bob",
                           22 + 16));
  CHECK(read(out) == "DEALER 'bob'");
}

TEST_CASE("zmtp properties: names in any case, in any order, unknown ones are ignored (RFC 37)") {
  CHECK(read(property_of("IDENTITY", "bob") + property_of("socket-type", "REQ")) == "REQ 'bob'");
  CHECK(read(property_of("X-Mine", std::string(300, 'x')) + metadata_of("DEALER", "")) == "DEALER ''");
  CHECK(read(metadata_of("ROUTER", "a") + property_of("", "nameless")) == "ROUTER 'a'");
}

TEST_CASE("zmtp properties: what the peer does not tell is empty") {
  CHECK(read("") == " ''");
  CHECK(read(property_of("Identity", "bob")) == " 'bob'");
  CHECK(read(property_of("Socket-Type", "REP")) == "REP ''");
}

TEST_CASE("zmtp properties: every cut but one between two properties is found") {
  const std::string first = property_of("Socket-Type", "DEALER");
  const std::string all = first + property_of("Identity", "bob");
  for (std::size_t size = 1; size < all.size(); ++size) {
    INFO(size);
    CHECK((read(all.substr(0, size)) == "cut short") == (size != first.size()));
  }
}

TEST_CASE("zmtp properties: a length that is longer than what follows, up to 32 bits, is found") {
  CHECK(read(std::string("\x08Identity\xff\xff\xff\xff", 13) + "bob") == "cut short");
  CHECK(read(std::string("\x08Identity\x00\x00\x00\x04", 13) + "bob") == "cut short");
  CHECK(read("\xffIdentity") == "cut short");
}
