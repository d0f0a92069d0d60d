// The word of --rawsocket: where clients that speak RawSocket are accepted, and the path whose route answers them.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: [sites.rawsocket] of a file (settings/description_raw_socket.cpp).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/settings/raw_socket_settings.h"

namespace zeroway {

inline constexpr const char* kRawSocketForms = "[ADDRESS:]PORT=/PATH or unix:/SOCKET=/PATH";

// The error's detail says what fits.
[[nodiscard]] Result<RawSocketListener> read_raw_socket_option(const std::string& word);

}  // namespace zeroway
