// What all loops count together for the limits of sites and routes.
//
// Owner: Router, once a plan has a limit; gates of loops share it. It stays at a reload.   Thread: any.
// Not here: the limits (router/plan/access_rules.h).
#pragma once
#include "router/access/keyed_hash.h"
#include "router/access/open_table.h"
#include "router/access/rate_table.h"

namespace zeroway {

struct SharedLimits {
  const KeyedHash hash = KeyedHash::make();
  RateTable rates;
  OpenTable open;
};

}  // namespace zeroway
