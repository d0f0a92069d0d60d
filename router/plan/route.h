// One route of the plan: which backend answers its requests, and on what terms.
//
// Owner: the plan (router/plan/plan.h), which never changes.   Thread: any.
// An exchange keeps its route until it is over, also when another plan is in use by then.
// Not here: the backend as an object (router/exchange/plan_in_use.h), how a path finds its route (router/route).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/settings/settings.h"
#include "router/settings/terms.h"

namespace zeroway {

struct Route {
  std::size_t backend = 0;  // index in Plan::backends
  RequestTerms terms;
  WebSocketSettings web_sockets;
  Millis reply_timeout{0};    // for a backend that has the whole request, or gives no credit, to reply: 504; 0 = any
  std::uint32_t retries = 2;  // openings of a possibly seen request after the first
};

}  // namespace zeroway
