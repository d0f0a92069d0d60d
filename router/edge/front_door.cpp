#include "router/edge/front_door.h"

#include "router/exchange/error_reply.h"
#include "router/observe/counters.h"
#include "router/observe/log.h"
#include "router/observe/request_log.h"

namespace zeroway {

FrontDoor::FrontDoor(Loop& loop, const EdgeSettings& settings, Exchanges& exchanges, RequestLog& log,
                     Counters& counters, const WallClock& clock)
    : loop_(loop), settings_(settings), exchanges_(exchanges), log_(log), counters_(counters), clock_(clock) {
  const std::size_t most = settings.limits.max_connections_per_address;
  if (most > 0) addresses_.emplace(most);
  if (const std::uint32_t rate = settings.limits.connection_rate_per_address; rate > 0) rates_.emplace(rate);
}

FrontDoor::~FrontDoor() { loop_.forget_turn_end(*this); }

void FrontDoor::open(Socket socket) {
  listener_.emplace(loop_, std::move(socket),
                    [this](Socket client, Peer peer) { accepted(std::move(client), std::move(peer)); });
}

bool FrontDoor::may_enter(const Peer& peer) {
  if (!rates_ && !addresses_) return true;
  const std::string& address = peer.address;
  if (exchanges_.trusts(address)) return true;
  const HttpLimits& limits = settings_.limits;
  if (rates_ && !admits(address, rates_->enter(address, loop_.now()), counters_.connections_too_fast,
                        limits.connection_rate_per_address, "new connections in a second")) {
    return false;
  }
  return !addresses_ || admits(address, addresses_->enter(address, loop_.now()), counters_.connections_refused,
                               limits.max_connections_per_address, "connections");
}

bool FrontDoor::admits(const std::string& address, Entry entry, std::uint64_t& refused, std::size_t most,
                       std::string_view what) {
  if (entry == Entry::yes) return true;
  ++refused;
  if (entry == Entry::no_and_tell) {
    complaints_.write(loop_.now(), "client " + address + ": more than " + std::to_string(most) + " " +
                                       std::string(what) + ", further ones are closed (told once a minute)");
  }
  return false;
}

void FrontDoor::left(const std::string& address) {
  --counters_.connections_open;
  if (addresses_ && !exchanges_.trusts(address)) addresses_->leave(address);
}

void FrontDoor::accepted(Socket socket, Peer peer) {
  if (!may_enter(peer)) return reset_and_close(std::move(socket));
  ++counters_.connections_accepted;
  ++counters_.connections_open;
  keep(std::make_unique<ClientSession>(*this, std::move(socket), std::move(peer)));
  pause_when_full();
}

void FrontDoor::open_tls(Socket socket, TlsServer& server) {
  handshakes_ = std::make_unique<Handshakes>(
      loop_, server,
      [this](std::unique_ptr<TlsConnection> connection, Peer peer) { secured(std::move(connection), std::move(peer)); },
      [this](const Peer& peer, std::string_view why) { handshake_failed(peer, why); });
  tls_listener_.emplace(loop_, std::move(socket),
                        [this](Socket client, Peer peer) { accepted_tls(std::move(client), std::move(peer)); });
}

void FrontDoor::accepted_tls(Socket socket, Peer peer) {
  if (!may_enter(peer)) return reset_and_close(std::move(socket));
  ++counters_.connections_accepted;
  ++counters_.connections_open;
  handshakes_->begin(std::move(socket), std::move(peer));
  pause_when_full();
}

void FrontDoor::secured(std::unique_ptr<TlsConnection> connection, Peer peer) {
  ++counters_.tls_handshakes;
  if (connection->engine().is_resumed()) ++counters_.tls_resumed;
  keep(std::make_unique<ClientSession>(*this, std::move(connection), std::move(peer)));
}

void FrontDoor::handshake_failed(const Peer& peer, std::string_view why) {
  ++counters_.tls_failed;
  left(peer.address);
  if (log::is_on(log::Level::debug)) log::debug("client " + peer.address + ": TLS: " + std::string(why));
  resume_when_not_full();
}

void FrontDoor::keep(std::unique_ptr<ClientSession> session) {
  sessions_.push_back(std::move(session));
  sessions_.back()->place = sessions_.size() - 1;
}

void FrontDoor::pause_when_full() {
  if (sessions_.size() + (handshakes_ ? handshakes_->size() : 0) < settings_.limits.max_connections) return;
  listener_->pause();
  if (tls_listener_) tls_listener_->pause();
}

void FrontDoor::resume_when_not_full() {
  if (!listener_ || sessions_.size() + (handshakes_ ? handshakes_->size() : 0) >= settings_.limits.max_connections)
    return;
  listener_->resume();
  if (tls_listener_) tls_listener_->resume();
}

void FrontDoor::drain() {
  listener_.reset();
  tls_listener_.reset();
  if (handshakes_) handshakes_->drop_all();
  // From the back: a session that is over leaves the list.
  for (std::size_t left = sessions_.size(); left > 0; --left) sessions_[left - 1]->drain();
}

void FrontDoor::drop_all() {
  if (handshakes_) handshakes_->drop_all();
  while (!sessions_.empty()) sessions_.back()->drop();
}

void FrontDoor::note_refused(const ClientInfo& client, const RefusedRequest& request, Code code) {
  const int status = error_status(code);
  count_reply(counters_, status);
  if (!log_.is_on()) return;
  RequestRecord record;
  record.ended = clock_.wall_now();
  record.address = record.peer = client.address;
  record.method = request.method.empty() ? "-" : request.method;
  record.path = request.path.empty() ? "-" : request.path;
  record.protocol = client.protocol;
  record.status = status;
  record.bytes_out = request.method == "HEAD" ? 0 : error_reply_size(code, error_format(request.accept));
  record.reason = error_name(code);
  log_.write(record);
}

void FrontDoor::note_broken(const std::string& address, std::string_view why) {
  broken_.write(loop_.now(), "client " + address + ": connection closed: " + std::string(why), log::Level::info);
}

void FrontDoor::over(ClientSession& session) {
  const std::size_t place = session.place;
  gone_.push_back(std::move(sessions_[place]));
  if (place + 1 < sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place = place;
  }
  sessions_.pop_back();
  left(session.address());
  resume_when_not_full();
  loop_.at_turn_end(*this);
}

void FrontDoor::turn_end() { gone_.clear(); }

}  // namespace zeroway
