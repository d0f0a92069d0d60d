#include "router/plan/listener_spec.h"

#include "router/plan/limits.h"

namespace zeroway {

void make_tcp(ListenerSpec& listener) {
  listener.language = Language::tcp;
  listener.limits.send_timeout = listener.limits.half_close_timeout = kAnyTime;
  listener.limits.send_rate = 0;
}

}  // namespace zeroway
