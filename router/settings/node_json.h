// A configuration file, or a document in it, as JSON.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: reading files (settings/toml_reader.h, settings/json_reader.h).
#pragma once
#include <string>

#include "router/settings/node.h"

namespace zeroway {

// The values of keys that hold a secret are "***".
[[nodiscard]] std::string json_of(const Node& node);
// With all that is in it, for a reader of the document itself. `indent`: spaces for each level; -1 = on one line.
[[nodiscard]] std::string json_text_of(const Node& node, int indent = -1);

}  // namespace zeroway
