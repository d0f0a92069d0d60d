// Bytes that a client or a worker chose, made safe for a line that people and programs read.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: writing lines (observe/log.h, observe/request_log.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// As nginx does: control bytes, '"', '\' and bytes past ASCII become \xNN.
void append_escaped(std::string& out, std::string_view text);
// A JSON string with its quotes (RFC 8259 §7). Bytes past ASCII become \u00NN: the router does not know whether they
// are UTF-8, and the line must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace zeroway
