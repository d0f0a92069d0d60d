// What a fuzz target holds to be true whatever the input is.
//
// Owner: nobody.   Thread: any.
// Not here: what is held (each target).
#pragma once
#include <cstdlib>

namespace zeroway {

// Ends the process when it is not so: libFuzzer keeps the input.
inline void must(bool good) {
  if (!good) std::abort();
}

}  // namespace zeroway
