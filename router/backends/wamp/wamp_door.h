// What a path of WAMP needs to check its clients itself: its doorkeeper, its cookies, and the time.
//
// Owner: WampBackend.   Thread: one loop.
// Not here: one session's way in (wamp/auth/auth_session.h).
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "proto/head.h"
#include "router/exchange/client_info.h"
#include "router/observe/wall_clock.h"
#include "router/wamp/auth/auth_session.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway {

class WampDoor {
 public:
  // `cookies` is null without spec.cookie; `clock` outlives this object.
  WampDoor(const WampAuthSpec& spec, const WallClock& clock, std::shared_ptr<CookieStore> cookies);

  // Whose opening `head` is.
  struct Guest {
    AuthClient client;
    std::string set_cookie;  // for the reply to the opening; "" = none
  };
  [[nodiscard]] Guest guest_of(const Head& head, const ClientInfo& info) const;

  // Takes the path's cookie, which stands for a login, off a head that goes to a backend.
  void hide_cookie(Head& head) const;

  // Null: the path has none.
  [[nodiscard]] const std::shared_ptr<CookieStore>& cookies() const { return cookies_; }
  [[nodiscard]] const Doorkeeper& doorkeeper() const { return doorkeeper_; }
  [[nodiscard]] AuthNow now() const { return {clock_.now(), clock_.wall_now()}; }

 private:
  const std::optional<WampCookieSpec> cookie_;
  const WallClock& clock_;
  const std::shared_ptr<CookieStore> cookies_;
  const Doorkeeper doorkeeper_;
};

}  // namespace zeroway
