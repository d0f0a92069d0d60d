// The endpoints that a worker connects to by default: ZEROWAY_CONNECT, else tcp://127.0.0.1:8000.
//
// Owner: nobody; a pure function of the environment.   Thread: any.
// Not here: the other options (zeroway/options.h).
#pragma once
#include <string>
#include <vector>

namespace zeroway {

[[nodiscard]] std::vector<std::string> default_endpoints();

}  // namespace zeroway
