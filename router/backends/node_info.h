// The page that tells how the router is: for people, and for programs.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: numbers for operators (router/admin).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "router/backends/page_backend.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

struct NodeInfo {
  std::string version;
  int pid = 0;
  WallTime began{}, now{};
  std::size_t workers = 0;  // that are connected
};

// JSON when `accept`, the field of the request, names application/json and not text/html; else HTML.
[[nodiscard]] Page info_page(const NodeInfo& info, std::string_view accept);

}  // namespace zeroway
