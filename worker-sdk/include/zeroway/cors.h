// Which pages of other origins may read a worker's answers: Cross-Origin Resource Sharing (the Fetch standard §3.2).
//
//     worker.cors({.origins = {"https://app.example.com"}, .methods = {"GET", "POST"}, .credentials = true});
//
// A request is a cross-origin request when it has the field `origin`. If that origin is allowed, every answer below the
// prefix gets access-control-allow-origin: the answers of handlers, and the SDK's own errors too. Preflights (OPTIONS
// with access-control-request-method) are answered without a handler: 204, or 403 for an origin that is not allowed.
// CORS protects the users of browsers, not the worker: a request of another origin still reaches its handler, unless
// the browser's preflight was refused before.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct CorsOptions {
  // The allowed origins, exactly as browsers send them in `origin`: "https://app.example.com",
  // "http://localhost:3000", "null". Or {"*"} for every origin; it cannot be combined with `credentials`.
  std::vector<std::string> origins = {};
  // A function that is asked about origins that `origins` does not name. It runs on the worker's thread: it must not
  // block.
  std::function<bool(std::string_view origin)> allows = {};
  // Methods that a page may use. GET, HEAD and POST need no permission (the Fetch standard §2.2.1).
  std::vector<std::string> methods = {"GET", "HEAD", "POST"};
  // Fields that a page may set in its requests besides the few that need no permission: {"content-type", "x-token"}.
  // {"*"} allows every field but authorization. It cannot be combined with `credentials`, where '*' means nothing.
  std::vector<std::string> headers = {};
  // Fields of the reply that a page may read besides the few that a page may always read.
  std::vector<std::string> exposed = {};
  // Whether pages may send cookies and authorization, and read the answers to such requests.
  bool credentials = false;
  // How long a browser may remember the answer to a preflight. 0 s = the browser asks each time; browsers cap the time
  // at 2 to 24 hours.
  std::chrono::seconds max_age{600};
  // The paths that these options are for: this path and all paths below it, segment by segment, as for Worker::use.
  std::string prefix = "/";
};

}  // namespace zeroway
