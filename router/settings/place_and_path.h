// PLACE=/PATH, as options say it: where clients are accepted, and the path that is theirs.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: what becomes of them (settings/tcp_option.h, settings/raw_socket_option.h).
#pragma once
#include <optional>
#include <string>

#include "router/settings/listen_address.h"

namespace zeroway {

struct PlaceAndPath {
  ListenAddress place;
  std::string path;
};

// A place is a port, an address with its port, or unix:/SOCKET. The name of a socket may hold "=/": the last one
// counts. Nothing when the place or the path is none.
[[nodiscard]] std::optional<PlaceAndPath> read_place_and_path(const std::string& word);

}  // namespace zeroway
