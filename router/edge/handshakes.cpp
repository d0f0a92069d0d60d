#include "router/edge/handshakes.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace zeroway {

Handshakes::Handshakes(Loop& loop, TlsServer& server, Secured secured, Failed failed)
    : loop_(loop), server_(server), secured_(std::move(secured)), failed_(std::move(failed)) {}

Handshakes::~Handshakes() { loop_.forget_turn_end(*this); }

void Handshakes::begin(Socket socket, ConnectionEnds ends) {
  TlsArrivals& self = *this;  // a private base: make_unique cannot convert to it
  open_.push_back({std::move(ends), std::make_unique<TlsConnection>(loop_, std::move(socket), server_, self)});
}

void Handshakes::drop_all() {
  for (const Handshake& one : std::exchange(open_, {})) failed_(one.ends.source, "the router is leaving");
}

void Handshakes::secured(TlsConnection& who) {
  Handshake handshake = take(who);
  secured_(std::move(handshake.connection), std::move(handshake.ends));
}

void Handshakes::failed(TlsConnection& who, std::string_view why) {
  Handshake handshake = take(who);
  failed_(handshake.ends.source, why);
  gone_.push_back(std::move(handshake.connection));
  loop_.at_turn_end(*this);
}

// Searches from the newest: a handshake is short, so a handshake that ends is near the end of the list.
Handshakes::Handshake Handshakes::take(const TlsConnection& who) {
  const auto at =
      std::find_if(open_.rbegin(), open_.rend(), [&](const auto& one) { return one.connection.get() == &who; });
  assert(at != open_.rend());
  Handshake found = std::move(*at);
  if (at != open_.rbegin()) *at = std::move(open_.back());
  open_.pop_back();
  return found;
}

void Handshakes::turn_end() { gone_.clear(); }

}  // namespace zeroway
