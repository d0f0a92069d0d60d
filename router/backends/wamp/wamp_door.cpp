#include "router/backends/wamp/wamp_door.h"

#include <utility>

#include "router/exchange/cookies.h"
#include "router/wamp/auth/cookie_auth.h"

namespace zeroway {

WampDoor::WampDoor(const WampAuthSpec& spec, const WallClock& clock, std::shared_ptr<CookieStore> cookies)
    : cookie_(spec.cookie), clock_(clock), cookies_(std::move(cookies)), doorkeeper_(spec, cookies_.get()) {}

WampDoor::Guest WampDoor::guest_of(const Head& head, const ClientInfo& info) const {
  Guest guest;
  if (info.certificate) {
    guest.client.subject = info.certificate->subject;
    guest.client.fingerprint = info.certificate->fingerprint;
    guest.client.certificate = info.certificate->encoded;
  }
  if (!cookie_ || !cookies_) return guest;
  CookieChoice choice =
      choose_cookie(*cookie_, *cookies_, cookies_of(head, cookie_->name), clock_.wall_now(), secure_random);
  const std::string_view path = head.path().substr(0, head.path().find('?'));
  const IsSecure secure = info.is_tls ? IsSecure::yes : IsSecure::no;
  if (choice.is_new) guest.set_cookie = set_cookie(*cookie_, choice.cookie, path, secure);
  guest.client.cookie = std::move(choice.cookie);
  return guest;
}

void WampDoor::hide_cookie(Head& head) const {
  if (cookie_) remove_cookies(head, cookie_->name);
}

}  // namespace zeroway
