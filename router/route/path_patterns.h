// A few paths, written as workers write those of their handlers: "/todos", "/api/*", "/users/{id}".
//
// Owner: whoever keeps the list; a value.   Thread: any, once it is made.
// Not here: many paths with something for each (route/path_table.h).
#pragma once
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "proto/route_claim.h"

namespace zeroway {

class PathPatterns {
 public:
  // "/todos" is this path alone, "/api/*" is /api and every path below it, "/users/{id}" is every path below /users.
  // The error, frame_error, names the pattern and what is wrong with it; then nothing is added.
  [[nodiscard]] Result<> add(std::string_view pattern);
  // `path`: canonical, without its query. A '/' at its end makes no difference.
  [[nodiscard]] bool have(std::string_view path) const;
  [[nodiscard]] bool is_empty() const { return all_.empty(); }

 private:
  std::vector<RouteClaim> all_;
};

}  // namespace zeroway
