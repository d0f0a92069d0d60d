// Configuration files in JSON.
#include "tests/fuzz/config_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  zeroway::must_read_config("a.json", {reinterpret_cast<const char*>(bytes), size});
  return 0;
}
