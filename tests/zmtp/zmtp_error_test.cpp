#include "proto/zmtp/zmtp_error.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

std::string told(std::string_view data) {
  const ZmtpFailure failure = zmtp_error_failure(as_bytes(data));
  CHECK(failure.fault == ZmtpFault::refused);
  return failure.detail;
}

}  // namespace

TEST_CASE("zmtp error: as libzmq sends it for status 400") {
  std::string out;
  append_zmtp_error(out, "400");
  CHECK(out ==
        "\x04\x0a\x05"
        "ERROR\x03"
        "400");
}

TEST_CASE("zmtp error: the reason is told, whatever its length says, and harmless for a log") {
  CHECK(told("\x03"
             "400") == "it refuses us: '400'");
  CHECK(told("") == "it refuses us: ''");
  CHECK(told("\xff"
             "cut") == "it refuses us: 'cut'");
  CHECK(told("\x02"
             "longer") == "it refuses us: 'lo'");
  CHECK(told("\x05"
             "a\nb\x1b~") == "it refuses us: 'a?b?~'");
  CHECK(told("\xff" + std::string(255, 'x')) == "it refuses us: '" + std::string(200, 'x') + "'");
}
