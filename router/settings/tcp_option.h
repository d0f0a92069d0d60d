// The word of --tcp: where clients are accepted, and the path that the workers of the service claim.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the services of a file (settings/description_tcp.cpp).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/settings/sites.h"

namespace zeroway {

inline constexpr const char* kTcpOptionForms = "[ADDRESS:]PORT=/PATH";

// The error's detail says what fits.
[[nodiscard]] Result<TcpSettings> read_tcp_option(const std::string& word);

}  // namespace zeroway
