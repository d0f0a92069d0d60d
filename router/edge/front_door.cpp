#include "router/edge/front_door.h"

#include <utility>

#include "router/net/limits.h"
#include "router/observe/counters.h"
#include "router/observe/log.h"

namespace zeroway {

FrontDoor::FrontDoor(const DoorContext& context, ListenerInUse listener) : context_(context) {
  use(std::move(listener));
}

FrontDoor::~FrontDoor() {
  leave_admission();
  context_.loop.forget_turn_end(*this);
}

void FrontDoor::use(ListenerInUse listener) {
  in_use_ = std::move(listener);
  settings_.limits = in_use_.spec().limits;
  settings_.web_sockets = in_use_.spec().web_sockets;
}

void FrontDoor::open(Socket socket) { listen(std::move(socket)); }

void FrontDoor::open_tls(Socket socket, TlsTerms terms) {
  tls_.emplace(context_.loop, std::move(terms), in_use_.spec().tls.handshake_timeout);
  handshakes_ = std::make_unique<Handshakes>(
      context_.loop, *tls_,
      [this](std::unique_ptr<TlsConnection> connection, ConnectionEnds ends) {
        secured(std::move(connection), std::move(ends));
      },
      [this](const Peer& peer, std::string_view why) { handshake_failed(peer, why); });
  listen(std::move(socket));
}

void FrontDoor::listen(Socket socket) {
  if (in_use_.spec().has_proxy_header) {
    arrivals_.emplace(
        context_.loop, settings_.limits.head_timeout,
        [this](Socket client, ConnectionEnds ends) { begin(std::move(client), std::move(ends)); },
        [this](const Peer& peer, std::string_view why) { no_proxy_header(peer, why); });
  }
  listener_.emplace(context_.loop, std::move(socket),
                    [this](Socket client, Peer peer) { accepted(std::move(client), std::move(peer)); });
  context_.admission.join(*this);
  has_joined_ = true;
}

void FrontDoor::accepted(Socket socket, Peer peer) {
  if (!may_connect(peer)) {
    tell_stranger(peer);
    return reset_and_close(std::move(socket));
  }
  if (!context_.admission.enters(counted(peer.address))) return reset_and_close(std::move(socket));
  ++accepted_;
  ConnectionEnds ends{std::move(peer), bound_to(socket)};
  if (arrivals_) return arrivals_->begin(std::move(socket), std::move(ends));
  begin(std::move(socket), std::move(ends));
}

// A PROXY header is believed, so it must not come from anybody. The mode of a unix socket's file says who may connect
// there.
bool FrontDoor::may_connect(const Peer& peer) const {
  if (!arrivals_ || peer.address.empty()) return true;
  const TrustedNetworks& proxies = in_use_.spec().proxies;
  return proxies.is_empty() || proxies.contain(peer.address);
}

void FrontDoor::tell_stranger(const Peer& peer) {
  const Time now = context_.loop.now();
  if (now < tells_stranger_from_) return;
  tells_stranger_from_ = now + kTellAgain;
  log::warning(
      "client " + peer.address +
      " is none of trusted_proxies: its connection is closed, for a PROXY header would be believed (told once a "
      "minute)");
}

// With PROXY headers no address is counted: a balancer speaks for many clients.
const std::string& FrontDoor::counted(const std::string& address) const {
  static const std::string kNobody;
  return arrivals_ ? kNobody : address;
}

void FrontDoor::begin(Socket socket, ConnectionEnds ends) {
  if (handshakes_) return handshakes_->begin(std::move(socket), std::move(ends));
  keep(std::make_unique<ClientSession>(*this, std::move(socket), std::move(ends)));
}

void FrontDoor::no_proxy_header(const Peer& peer, std::string_view why) {
  context_.admission.left(counted(peer.address));
  note_broken(peer.address, why);
}

void FrontDoor::secured(std::unique_ptr<TlsConnection> connection, ConnectionEnds ends) {
  ++counters().tls_handshakes;
  if (connection->engine().is_resumed()) ++counters().tls_resumed;
  keep(std::make_unique<ClientSession>(*this, std::move(connection), std::move(ends)));
}

void FrontDoor::handshake_failed(const Peer& peer, std::string_view why) {
  ++counters().tls_failed;
  context_.admission.left(counted(peer.address));
  if (log::is_on(log::Level::debug)) log::debug("client " + peer.address + ": TLS: " + std::string(why));
}

void FrontDoor::keep(std::unique_ptr<ClientSession> session) {
  sessions_.push_back(std::move(session));
  sessions_.back()->place = sessions_.size() - 1;
  sessions_.back()->begin();
}

void FrontDoor::pause() { listener_->pause(); }

void FrontDoor::resume() { listener_->resume(); }

void FrontDoor::leave_admission() {
  if (std::exchange(has_joined_, false)) context_.admission.leave(*this);
}

void FrontDoor::drain() {
  leave_admission();
  listener_.reset();
  drop_arrivals();
  if (handshakes_) handshakes_->drop_all();
  // From the back: a session that is over leaves the list.
  for (std::size_t left = sessions_.size(); left > 0; --left) sessions_[left - 1]->drain();
}

void FrontDoor::drop_arrivals() {
  if (!arrivals_) return;
  for (std::size_t left = arrivals_->size(); left > 0; --left) context_.admission.left(counted(""));
  arrivals_->drop_all();
}

void FrontDoor::drop_all() {
  drop_arrivals();
  if (handshakes_) handshakes_->drop_all();
  while (!sessions_.empty()) sessions_.back()->drop();
}

void FrontDoor::note_broken(const std::string& address, std::string_view why) {
  broken_.write(context_.loop.now(), "client " + address + ": connection closed: " + std::string(why),
                log::Level::info);
}

bool FrontDoor::count_raw_socket() {
  const std::uint32_t most = in_use_.spec().raw_socket->most_connections;
  if (most != 0 && raw_sockets_ >= most) return false;
  ++raw_sockets_;
  return true;
}

void FrontDoor::over(ClientSession& session) {
  if (session.is_raw_socket()) --raw_sockets_;
  const std::size_t place = session.place;
  gone_.push_back(std::move(sessions_[place]));
  if (place + 1 < sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place = place;
  }
  sessions_.pop_back();
  context_.admission.left(counted(session.address()));
  context_.loop.at_turn_end(*this);
}

void FrontDoor::turn_end() { gone_.clear(); }

}  // namespace zeroway
