#include "proto/zmtp/zmtp_frame.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/zmtp/zmtp_peer.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string head_of(std::uint8_t flags, std::size_t size) {
  std::string out;
  append_zmtp_frame_head(out, flags, size);
  return out;
}

}  // namespace

TEST_CASE("zmtp frame: up to 255 bytes the size has one byte, then eight (RFC 37)") {
  CHECK(head_of(0, 0) == std::string("\x00\x00", 2));
  CHECK(head_of(kZmtpMore, 255) == "\x01\xff");
  CHECK(head_of(0, 256) == std::string("\x02\0\0\0\0\0\0\x01\x00", 9));
  CHECK(head_of(kZmtpMore, 256)[0] == 3);
  CHECK(head_of(kZmtpCommand, 1'000)[0] == 6);
  CHECK(head_of(0, 0x0123'4567'89ab'cdef) == "\x02\x01\x23\x45\x67\x89\xab\xcd\xef");
}

TEST_CASE("zmtp frame: a head reads as it was written, and no cut of it is a head") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{255}, std::size_t{256}, std::size_t{1} << 40U}) {
    const std::string bytes = head_of(kZmtpMore, size);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
      CHECK_FALSE(read_zmtp_frame_head(as_bytes(bytes.substr(0, cut))).has_value());
    const auto head = read_zmtp_frame_head(as_bytes(bytes + "body"));
    REQUIRE(head.has_value());
    CHECK(head->size == size);
    CHECK(head->header_size == bytes.size());
    CHECK((head->flags & kZmtpMore) != 0);
  }
}

TEST_CASE("zmtp frame: the size has 64 bits, whatever they are") {
  const auto head = read_zmtp_frame_head(as_bytes("\x02\xff\xff\xff\xff\xff\xff\xff\xff"));
  REQUIRE(head.has_value());
  CHECK(head->size == ~std::uint64_t{0});
}

TEST_CASE("zmtp frame: a command is a name and data (RFC 37)") {
  const auto ping = read_zmtp_command(as_bytes(std::string_view("\x04PING\x00\x32", 7)));
  REQUIRE(ping.has_value());
  CHECK(ping->name == "PING");
  CHECK(as_text(ping->data) == std::string_view("\x00\x32", 2));
  CHECK(read_zmtp_command(as_bytes("\x04PING"))->data.empty());
  CHECK(read_zmtp_command(as_bytes(std::string_view("\x00", 1)))->name.empty());
  CHECK_FALSE(read_zmtp_command({}).has_value());
  CHECK_FALSE(read_zmtp_command(as_bytes("\x05PING")).has_value());
}
