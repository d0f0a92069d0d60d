#include "router/fabric/strangers.h"

#include <string>

#include "router/fabric/limits.h"
#include "router/fabric/words.h"

namespace zeroway {

void Strangers::came(ConnectionId connection, std::string_view address) {
  newcomers_.came(connection, address, context_.now);
}

void Strangers::forget(ConnectionId connection) {
  newcomers_.forget(connection);
  talk_.forget(connection);
}

void Strangers::cut_overdue() {
  for (const Newcomers::Newcomer& newcomer : newcomers_.take_overdue(context_.now)) {
    tell_of("steer", newcomer.address, "it is cut, no HELLO within " + show_ms(kHelloPatience));
    context_.wire.cut(newcomer.connection);
  }
}

// A peer that fails to connect dials again, several times a second and each time from another port. So the port does
// not count.
void Strangers::tell_of(std::string_view socket, std::string_view address, std::string_view what) {
  const std::string_view host = address.substr(0, address.find_last_of(':'));
  if (!told_.take(std::string(host) + ' ' + std::string(what), context_.now)) return;
  context_.complaints.write(context_.now, "somebody at the " + std::string(socket) + " socket who is no worker" +
                                              from(address) + ": " + std::string(what) + " (told once a minute)");
}

// The sender's connection may have ended while its messages waited, and a worker's connection may have the same
// descriptor now.
void Strangers::turn_away(std::string_view why) {
  ++context_.counters.frames_bad;
  tell_of("steer", context_.wire.sender_address(), "it is cut, " + std::string(why));
  const ConnectionId sender = context_.wire.sender();
  if (context_.roster.find_connection(sender) == nullptr) context_.wire.cut(sender);
}

}  // namespace zeroway
