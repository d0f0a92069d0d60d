// A file in JSON as a tree.
//
// Owner: nobody; a free function.   Thread: any.
// nlohmann's JSON is included by json_reader.cpp alone.
// Not here: what the keys mean (settings/table_reader.h).
#pragma once
#include <optional>
#include <string_view>

#include "router/settings/node.h"
#include "router/settings/reading.h"

namespace zeroway {

// Nothing when the text breaks off at an error, which is noted. A key that is there twice is noted with both places,
// and the first one is read.
[[nodiscard]] std::optional<Node> read_json(std::string_view text, Reading& reading);

}  // namespace zeroway
