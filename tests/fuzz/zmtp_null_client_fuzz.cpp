// Any bytes from the server of a connection with NULL: the session survives them, and tells the same however they are
// cut.
#include "tests/fuzz/zmtp_null.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zeroway::test::fuzz_null(zeroway::ZmtpRole::client, data, size);
  return 0;
}
