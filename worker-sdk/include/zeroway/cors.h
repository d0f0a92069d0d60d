// Which pages of other origins may read a worker's answers: Cross-Origin Resource Sharing (the Fetch standard §3.2).
//
//     worker.cors({.origins = {"https://app.example.com"}, .methods = {"GET", "POST"}, .credentials = true});
//
// For a request with `origin` below the prefix, an allowed origin gets access-control-allow-origin on every answer: of
// handlers, and of the SDK's own errors too. Preflights (OPTIONS with access-control-request-method) are answered
// without a handler: 204, or 403 for an origin that is not allowed. CORS protects users of browsers, not the worker: a
// request of another origin still reaches its handler, unless a preflight held it back.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct CorsOptions {
  // Exactly as browsers send them in `origin`: "https://app.example.com", "http://localhost:3000", "null". Or {"*"} for
  // every origin, which cannot be combined with `credentials`.
  std::vector<std::string> origins = {};
  // Asked for origins that `origins` does not name. On the worker's thread: it must not block.
  std::function<bool(std::string_view origin)> allows = {};
  // Methods that a page may use. GET, HEAD and POST need no permission (the Fetch standard §2.2.1).
  std::vector<std::string> methods = {"GET", "HEAD", "POST"};
  // Fields that a page may set in its requests beside the few that need no permission: {"content-type", "x-token"}.
  // {"*"} for any but authorization; not with `credentials`, where '*' means nothing.
  std::vector<std::string> headers = {};
  // Fields of the reply that a page may read beside the few that it always may.
  std::vector<std::string> exposed = {};
  // Whether pages may send cookies and authorization, and read what is answered to them.
  bool credentials = false;
  // How long a browser may remember a preflight's answer. 0 s = it asks each time; browsers cap it at 2 to 24 hours.
  std::chrono::seconds max_age{600};
  // The paths that this is for: this one and all below it, segment by segment, as for Worker::use.
  std::string prefix = "/";
};

}  // namespace zeroway
