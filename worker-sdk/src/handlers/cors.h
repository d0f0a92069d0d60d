// The fields that CORS adds to replies, and the answer to a preflight (the Fetch standard §3.2), for one checked set of
// options.
//
// Owner: Handlers.   Thread: made before the worker runs, then read by the loop.
// Not here: choosing the options for a request (handler_runner.h), sending (handler_side.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/head.h"
#include "zeroway/cors.h"

namespace zeroway {

class Cors {
 public:
  // Throws std::invalid_argument whose text names the option, the value and the allowed form.
  explicit Cors(CorsOptions options);

  // Whether these options are for this path (the path as it came).
  [[nodiscard]] bool covers(std::string_view path) const;
  // Whether a request is a preflight: OPTIONS with `origin` and `access-control-request-method`.
  [[nodiscard]] static bool is_preflight(const Head& request);
  // Whether the request has an origin that may read the answer.
  [[nodiscard]] bool allows(const Head& request) const;
  // Adds to `fields` the fields that every reply to this request has.
  void add_to_reply(const Head& request, Head& fields) const;
  // Adds the further fields of a preflight's reply; only for an origin that is allowed.
  void add_to_preflight(Head& fields) const;

 private:
  [[nodiscard]] bool allows_origin(std::string_view origin) const;

  CorsOptions options_;
  bool allows_all_ = false;
  std::string methods_, headers_, exposed_, max_age_;
};

}  // namespace zeroway
