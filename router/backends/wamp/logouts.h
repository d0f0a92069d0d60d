// Hears of the logins of a path's cookies that are over, on whichever loop their clients have logged out.
//
// Owner: WampBackend.   Thread: one loop.
// Not here: whose sessions end then (backends/wamp/wamp_backend.h), what is remembered (wamp/auth/cookie_store.h).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/net/loop.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway {

class Logouts final : private CookieStore::Listener {
 public:
  using LoggedOut = std::function<void(const std::string& cookie)>;

  // `loop` outlives this object. `logged_out` is called there, in a task of its own, until this object ends.
  Logouts(Loop& loop, std::shared_ptr<CookieStore> cookies, LoggedOut logged_out);
  ~Logouts();
  Logouts(const Logouts&) = delete;
  Logouts& operator=(const Logouts&) = delete;

 private:
  // CookieStore::Listener, on the loop of whoever logs out
  void forgotten(std::string_view cookie) override;

  Loop& loop_;
  const std::shared_ptr<CookieStore> cookies_;
  const std::shared_ptr<LoggedOut> logged_out_;  // tasks share it: one may run once this object is gone, and finds null
};

}  // namespace zeroway
