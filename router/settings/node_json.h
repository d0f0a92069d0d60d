// A configuration file as JSON, for operators to read: without its secrets.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: reading files (settings/toml_reader.h, settings/json_reader.h).
#pragma once
#include <string>

#include "router/settings/node.h"

namespace zeroway {

// The values of keys that hold a secret are "***".
[[nodiscard]] std::string json_of(const Node& node);

}  // namespace zeroway
