#include "router/fabric/loop_wire.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "router/fabric/begins_with_hello.h"
#include "router/fabric/curve_gate.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/net/peer_process.h"
#include "router/observe/log.h"

namespace zeroway {
namespace {

constexpr std::string_view kNobodySpeaksThere = "it is cut, nobody has anything to say there";

std::string_view name_of(Side side) { return side == Side::deal ? "deal" : "steer"; }

std::string words_of(const ZmtpFailure& failure) {
  switch (failure.fault) {
    case ZmtpFault::none:
      return "it closed the connection";
    case ZmtpFault::mechanism:
      return "one side uses CURVE keys, the other does not";
    case ZmtpFault::key:
      return "its CURVE keys do not fit the router's";
    default:
      return failure.detail;
  }
}

// What the operator is told of a peer that broke ZMTP's rules.
std::string why_cut(const LoopPeer& peer, const ZmtpFailure& failure, const std::string& endpoint) {
  if (failure.fault == ZmtpFault::identity) return "it is cut, " + failure.detail;
  if (peer.has_shaken_hands()) {
    if (peer.side() == Side::deal && failure.fault == ZmtpFault::too_long) return std::string(kNobodySpeaksThere);
    return "it is cut, " + failure.detail;
  }
  return "no ZMTP handshake at " + endpoint + ": " + words_of(failure);
}

}  // namespace

LoopWire::~LoopWire() {
  const Time deadline = Clock::now() + kFabricLinger;
  for (auto& [id, entry] : peers_) entry.peer->send_rest(deadline);
}

void LoopWire::attach(WireEvents& events, std::function<void()> wants_turn_end) {
  events_ = &events;
  wants_turn_end_ = std::move(wants_turn_end);
}

WireEvents& LoopWire::tell() {
  events_->time_is(loop_.now());
  return *events_;
}

// ---- coming

ConnectionId LoopWire::next_id() {
  do {
    last_id_ = last_id_ == std::numeric_limits<ConnectionId>::max() ? 1 : last_id_ + 1;
  } while (peers_.contains(last_id_));
  return last_id_;
}

void LoopWire::accepted(Side side, const std::string& endpoint, Socket socket, const Peer& from) {
  LoopPeer::Terms terms;
  terms.side = side;
  terms.host = from.address;
  terms.address = from.address.empty() ? "" : show(from);
  if (const int process = peer_process(socket.fd()); from.address.empty() && process > 0)
    terms.host = terms.address = "process " + std::to_string(process);
  std::size_t& newcomers = newcomers_[terms.host];
  if (newcomers >= kMostNewcomers) {
    tell().stranger(name_of(side), terms.address,
                    "it is cut, " + std::to_string(newcomers) + " connections of its address have not said HELLO");
    return reset_and_close(std::move(socket));
  }
  ++newcomers;
  terms.id = next_id();
  terms.zmtp.role = ZmtpRole::server;
  terms.zmtp.socket = side == Side::deal ? ZmtpSocket::dealer : ZmtpSocket::router;
  terms.zmtp.must_have_identity = side == Side::steer;
  if (gate_ != nullptr) terms.zmtp.curve = &gate_->keys();
  if (side == Side::deal) terms.zmtp.max_message = kMostDealMessage;
  const ConnectionId id = terms.id;
  auto peer = std::make_unique<LoopPeer>(loop_, std::move(socket), std::move(terms), *this);
  const std::string address = peer->address();
  peers_.emplace(id, Entry{std::move(peer), endpoint});
  if (side == Side::deal) {
    tell().deal_came(++deal_connections_);
  } else {
    tell().steer_came(id, address);
  }
}

bool LoopWire::is_allowed(LoopPeer& peer, Bytes public_key) {
  if (gate_ == nullptr || gate_->is_allowed(std::string(as_text(public_key)))) return true;
  peers_.at(peer.id()).is_key_refused = true;
  tell().key_refused(peer.host(), show_key(public_key));
  return false;
}

void LoopWire::shook_hands(LoopPeer& peer) {
  if (peer.side() == Side::deal) {
    is_known(peer);
    deal_peers_.push_back(&peer);
    return tell().deal_shook_hands();
  }
  switch (ids_.claim(peer, peer.identity(), loop_.now())) {
    case RoutingIds::Claim::taken:
      return;
    case RoutingIds::Claim::waits:
      return ids_.find(peer.identity())->ask();
    case RoutingIds::Claim::refused:
      return turn_away(peer, "another connection waits for its routing id");
  }
}

// It counts no longer among the newcomers of its host.
void LoopWire::is_known(LoopPeer& peer) {
  Entry& entry = peers_.at(peer.id());
  if (!std::exchange(entry.is_newcomer, false)) return;
  const auto newcomers = newcomers_.find(peer.host());
  if (--newcomers->second == 0) newcomers_.erase(newcomers);
}

// ---- messages

void LoopWire::message(LoopPeer& peer, Bytes first, std::size_t parts) {
  if (peer.is_over()) return;
  if (peer.side() == Side::deal) {
    tell().stranger("deal", peer.host(), kNobodySpeaksThere);
    return end(peer);
  }
  if (RoutingIds::Rival* rival = ids_.find_rival(peer)) return hold(*rival, first, parts);
  hand_in(peer, first, parts);
}

void LoopWire::hand_in(LoopPeer& peer, Bytes payload, std::size_t parts) {
  handed_in_ = &peer;
  WireEvents& events = tell();
  if (parts > 1) {
    events.too_many_parts(peer.identity());
  } else {
    if (begins_with_hello(payload)) is_known(peer);
    events.message(peer.identity(), payload, peer.id());
  }
  handed_in_ = nullptr;
}

void LoopWire::hold(RoutingIds::Rival& rival, Bytes payload, std::size_t parts) {
  rival.held_bytes += payload.size() + kMessageCost;
  if (parts > 1 || rival.held_bytes > kMostHeld)
    return turn_away(*rival.peer, "it says too much while another connection has its routing id");
  rival.held.emplace_back(as_text(payload));
}

// ---- sending

// A PING to a peer that cannot be reached is for nobody: the round is repeated.
bool LoopWire::deal(const std::string& message) {
  for (std::size_t tried = 0; tried < deal_peers_.size(); ++tried) {
    next_deal_ = next_deal_ % deal_peers_.size();
    LoopPeer& peer = *deal_peers_[next_deal_++];
    if (!peer.is_reachable()) continue;
    peer.send(message);
    return true;
  }
  return false;
}

bool LoopWire::steer(const std::string& instance, const std::string& message) {
  LoopPeer* peer = ids_.find(instance);
  if (peer == nullptr || !peer->is_reachable()) return false;
  peer->send(message);
  return true;
}

std::size_t LoopWire::unsent(ConnectionId connection) const {
  const auto found = peers_.find(connection);
  return found == peers_.end() ? 0 : found->second.peer->unsent();
}

void LoopWire::has_output(LoopPeer& peer) {
  with_output_.push_back(&peer);
  wants_turn_end_();
}

void LoopWire::send_all() {
  for (std::size_t index = 0; index < with_output_.size(); ++index) with_output_[index]->flush();
  with_output_.clear();
}

// ---- going

void LoopWire::cut(ConnectionId connection) {
  const auto found = peers_.find(connection);
  if (found != peers_.end() && !found->second.peer->is_over()) end(*found->second.peer);
}

void LoopWire::turn_away(LoopPeer& peer, std::string_view why) {
  tell().stranger(name_of(peer.side()), peer.address(), "it is cut, " + std::string(why));
  end(peer);
}

void LoopWire::ended(LoopPeer& peer, const ZmtpFailure& failure) {
  const Entry& entry = peers_.at(peer.id());
  const bool is_told = entry.is_key_refused || (failure.fault == ZmtpFault::none && peer.has_shaken_hands());
  if (!is_told) {
    const std::string why = why_cut(peer, failure, entry.endpoint);
    const std::string& from = failure.fault == ZmtpFault::identity ? peer.host() : peer.address();
    if (entry.is_newcomer || peer.side() == Side::deal) {
      tell().stranger(name_of(peer.side()), from, why);
    } else {
      log::debug("worker " + shown(peer.identity()) + ": " + why);
    }
  }
  forget(peer);
}

void LoopWire::end(LoopPeer& peer) {
  peer.end();
  forget(peer);
}

// No message goes to the peer any more. It is destroyed when its end is told: it may be the one that is speaking now.
void LoopWire::forget(LoopPeer& peer) {
  ids_.leave(peer, peer.identity());
  std::erase(deal_peers_, &peer);
  over_.push_back(&peer);
  wants_turn_end_();
}

void LoopWire::tell_connections() {
  std::vector<LoopPeer*> over;
  over.swap(over_);
  for (LoopPeer* peer : over) {
    is_known(*peer);
    std::erase(with_output_, peer);
    const ConnectionId id = peer->id();
    const Side side = peer->side();
    if (side == Side::deal) {
      tell().deal_broke(--deal_connections_);
    } else {
      tell().steer_broke(id);  // asks for unsent()
    }
    peers_.erase(id);
  }
  attach_rivals();
}

// ---- time

void LoopWire::judge() {
  std::vector<LoopPeer*> late;
  for (auto& [id, entry] : peers_) {
    LoopPeer& peer = *entry.peer;
    if (peer.is_over()) continue;
    peer.keep_alive(loop_.now());
    if (!peer.why_late(loop_.now()).empty()) late.push_back(&peer);
  }
  for (LoopPeer* peer : late) turn_away(*peer, peer->why_late(loop_.now()));
  judge_rivals();
}

void LoopWire::judge_rivals() {
  std::vector<LoopPeer*> refused, dead;
  for (const RoutingIds::Rival& rival : ids_.rivals()) {
    LoopPeer* before = ids_.find(rival.peer->identity());
    if (before == nullptr) continue;
    if (before->heard() > rival.since) {
      refused.push_back(rival.peer);
    } else if (loop_.now() - rival.since >= kIdentityPatience) {
      dead.push_back(before);
    }
  }
  for (LoopPeer* peer : refused) turn_away(*peer, "another connection has its routing id and answers");
  for (LoopPeer* peer : dead) turn_away(*peer, "it does not answer, and another connection has its routing id");
}

// The rivals whose routing id has come free get it.
void LoopWire::attach_rivals() {
  if (ids_.rivals().empty()) return;
  auto next = ids_.take_rivals([this](const RoutingIds::Rival& rival) { return !ids_.find(rival.peer->identity()); });
  for (RoutingIds::Rival& rival : next) {
    LoopPeer& peer = *rival.peer;
    (void)ids_.claim(peer, peer.identity(), loop_.now());
    for (const std::string& message : rival.held)
      if (!peer.is_over()) hand_in(peer, as_bytes(message), 1);
  }
}

void LoopWire::lost_time(std::chrono::nanoseconds lost) {
  for (auto& [id, entry] : peers_) entry.peer->lost_time(lost);
  for (RoutingIds::Rival& rival : ids_.rivals()) rival.since += lost;
}

}  // namespace zeroway
