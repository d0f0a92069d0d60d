// What CORS adds to replies, and how a preflight is answered (the Fetch standard §3.2): one set of options, checked.
//
// Owner: Handlers.   Thread: made before the worker runs, then read by the loop.
// Not here: which request it is for (worker_core.h), sending (handler_side.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/head.h"
#include "zeroway/cors.h"

namespace zeroway {

class Cors {
 public:
  // Throws std::invalid_argument that names the option, the value and what fits.
  explicit Cors(CorsOptions options);

  // Whether it is for this path, as it came.
  [[nodiscard]] bool covers(std::string_view path) const;
  // Whether a request is a preflight: OPTIONS with `origin` and `access-control-request-method`.
  [[nodiscard]] static bool is_preflight(const Head& request);
  // Whether the request has an origin that may read the answer.
  [[nodiscard]] bool allows(const Head& request) const;
  // Adds to `fields` what every reply to this request has.
  void add_to_reply(const Head& request, Head& fields) const;
  // Adds what a preflight's reply has besides; only for an origin that is allowed.
  void add_to_preflight(Head& fields) const;

 private:
  [[nodiscard]] bool allows_origin(std::string_view origin) const;

  CorsOptions options_;
  bool allows_all_ = false;
  std::string methods_, headers_, exposed_, max_age_;
};

}  // namespace zeroway
