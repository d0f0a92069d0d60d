// The cookies in the head of a request (RFC 6265 §4.2.1).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: cookies of replies (route/reply_paths.h).
#pragma once
#include <string_view>
#include <vector>

#include "proto/head.h"

namespace zeroway {

// The values of all cookies of this name, in order: a browser sends the one with the longest path first. Good as long
// as the head.
[[nodiscard]] std::vector<std::string_view> cookies_of(const Head& head, std::string_view name);
// Removes all cookies of this name. The head has the others in one field then.
void remove_cookies(Head& head, std::string_view name);

}  // namespace zeroway
