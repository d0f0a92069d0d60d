// A request described as JSON, in the shapes of httpbin.org.
//
// Owner: values.   Thread: any.
// Not here: which endpoint shows which part (answers.cpp).
#pragma once
#include <zeroway/worker.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "query.h"

using Json = nlohmann::json;

// {"a": "1", "b": ["2", "3"]}: repeats become a list.
[[nodiscard]] Json to_json(const Pairs& pairs);
[[nodiscard]] Json headers_of(const zeroway::RequestBase& request);  // names as in "X-Request-Id", repeats joined
[[nodiscard]] std::string origin_of(const zeroway::RequestBase& request);
// args, headers, origin, url, as /get shows them.
[[nodiscard]] Json describe(const zeroway::RequestBase& request);
// The same with data, files, form, json, as /post shows them: for a body that is a form, and for any other body.
[[nodiscard]] Json describe(const zeroway::RequestBase& request, const zeroway::Form& form);
[[nodiscard]] Json describe(const zeroway::RequestBase& request, std::string_view body);
[[nodiscard]] bool is_form(const zeroway::RequestBase& request);
[[nodiscard]] Json cookies_of(const zeroway::RequestBase& request);

// Two spaces of indent, a line break at the end; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string write_json(const Json& json);
[[nodiscard]] std::string write_json_line(const Json& json);
void send_json(zeroway::ReplyBase& reply, const Json& json);
