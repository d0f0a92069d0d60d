// What the sessions of a backend of WAMP share.
//
// Owner: WampBackend; outlives its sessions.   Thread: one loop.
#pragma once
#include <functional>
#include <string_view>

#include "router/backends/wamp/realm_stream.h"
#include "router/backends/wamp/realms.h"
#include "router/backends/wamp/wamp_book.h"
#include "router/backends/wamp/wamp_door.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"
#include "router/wamp/translator.h"

namespace zeroway {

inline constexpr std::string_view kWampName = "wamp";  // as logs name a path's backend

struct WampParts {
  Loop& loop;
  const Realms& realms;
  Translator& translator;
  WampBook& book;
  // A stream that is open at `host`; it ends by itself once its session has left it.
  std::function<RealmStream*(const RealmHost& host, const BackendRequest& request, RealmStreamEvents& events)> open;
  const WampDoor* door = nullptr;  // null: clients show to the backends who they are
};

}  // namespace zeroway
