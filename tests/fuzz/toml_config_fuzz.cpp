// Configuration files in TOML.
#include "tests/fuzz/config_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  zeroway::must_read_config("a.toml", {reinterpret_cast<const char*>(bytes), size});
  return 0;
}
