#include "router/backends/wamp/logouts.h"

#include <utility>

namespace zeroway {

Logouts::Logouts(Loop& loop, std::shared_ptr<CookieStore> cookies, LoggedOut logged_out)
    : loop_(loop), cookies_(std::move(cookies)), logged_out_(std::make_shared<LoggedOut>(std::move(logged_out))) {
  cookies_->listen(*this);
}

Logouts::~Logouts() {
  cookies_->leave(*this);
  *logged_out_ = nullptr;
}

void Logouts::forgotten(std::string_view cookie) {
  loop_.post([logged_out = logged_out_, cookie = std::string(cookie)] {
    if (*logged_out) (*logged_out)(cookie);
  });
}

}  // namespace zeroway
