// Whether what a path of WAMP says of authentication fits together.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: whether one value fits its key (settings/description_wamp_auth.cpp).
#pragma once
#include <string>

#include "router/settings/reading.h"
#include "router/settings/wamp_auth_settings.h"

namespace zeroway {

void check_wamp_auth(const WampAuthSettings& auth, Reading& reading);

[[nodiscard]] bool is_hex(const std::string& text);
// In lower case and without colons; "" for a text that is no SHA-256 and no SHA-1.
[[nodiscard]] std::string bare_fingerprint(const std::string& text);

}  // namespace zeroway
