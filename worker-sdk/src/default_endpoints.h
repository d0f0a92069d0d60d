// Where a worker connects when nobody says: ZEROWAY_CONNECT, else tcp://127.0.0.1:8000.
#pragma once
#include <string>
#include <vector>

namespace zeroway {

[[nodiscard]] std::vector<std::string> default_endpoints();

}  // namespace zeroway
