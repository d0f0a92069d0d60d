// Whether two spellings of a TCP endpoint mean the same place.
//
// Owner: nobody; a free function.   Thread: any; it may ask the resolver when a host is given by name.
// ZeroMQ's monitor spells an endpoint as it was dialled at first, and as it was resolved after a reconnect:
// tcp://localhost:8001, then tcp://[::ffff:127.0.0.1]:8001.
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// `dialled` is what connect() was given, `told` is numeric. Equal texts are the same; other transports have one
// spelling.
[[nodiscard]] bool is_same_endpoint(const std::string& dialled, std::string_view told);

}  // namespace zeroway
