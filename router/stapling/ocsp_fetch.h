// One question to a responder of OCSP: an HTTP request on a connection of its own (RFC 6960 appendix A).
//
// Owner: the stapler.   Thread: one loop.
// Not here: what the answer says (net/tls_ocsp.h), when to ask (stapling/stapler.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "router/backends/http_call.h"
#include "router/net/loop.h"
#include "router/net/tls_ocsp.h"

namespace zeroway {

class OcspFetch final : private TurnEnd {
 public:
  using Done = std::function<void(Result<std::string> answer)>;

  // Calls `done` once, never before this returns; the fetch may be destroyed in the call, and is cancelled by its
  // destruction. `dialer` outlives it.
  OcspFetch(Loop& loop, OriginDialer& dialer, const OcspQuestion& question, Done done);
  ~OcspFetch() override;

 private:
  void turn_end() override;
  void answered(Result<HttpAnswer> answer);

  Loop& loop_;
  const std::string url_;
  Done done_;
  ServerSpec server_;
  std::unique_ptr<HttpCall> call_;
  std::string refusal_;  // of a URL that cannot be asked: told at the end of the turn
};

}  // namespace zeroway
