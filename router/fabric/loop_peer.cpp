#include "router/fabric/loop_peer.h"

#include <algorithm>
#include <utility>

#include "router/fabric/limits.h"
#include "router/fabric/words.h"

namespace zeroway {

LoopPeer::LoopPeer(Loop& loop, Socket socket, Terms terms, LoopPeerEvents& events)
    : loop_(loop),
      terms_(std::move(terms)),
      events_(events),
      session_(terms_.zmtp, *this),
      connection_(loop, std::move(socket), *this),
      came_(loop.now()),
      heard_(came_),
      pinged_(came_) {
  want_flush();  // the greeting
}

// ---- to the peer

void LoopPeer::send(const std::string& message) {
  const std::size_t waiting = session_.output().size();
  if (waiting == 0 && connection_.taken() == given_) begins_.clear();
  begins_.push_back(given_ + waiting);
  session_.send(as_bytes(message));
  want_flush();
}

std::size_t LoopPeer::unsent() const {
  const auto first = std::lower_bound(begins_.begin(), begins_.end(), connection_.taken());
  return static_cast<std::size_t>(begins_.end() - first);
}

void LoopPeer::ask() {
  if (!is_reachable() || !session_.may_ping()) return;
  session_.ping(0);
  want_flush();
}

void LoopPeer::want_flush() {
  if (!std::exchange(is_listed_, true)) events_.has_output(*this);
}

void LoopPeer::flush() {
  is_listed_ = false;
  std::string& output = session_.output();
  given_ += output.size();
  if (is_over_ || is_broken_ || output.empty()) return output.clear();
  if (!connection_.send(output)) {
    is_broken_ = true;
    output.clear();
  }
  if (output.capacity() > kKeptOutput) std::string().swap(output);
}

void LoopPeer::written() { answers_ = std::min(answers_, connection_.queued()); }

void LoopPeer::end() {
  is_over_ = true;
  session_.stop();
  connection_.drop();
}

void LoopPeer::send_rest(Time deadline) {
  flush();
  if (!is_over_) connection_.send_rest(deadline);
}

// ---- from the peer

std::size_t LoopPeer::received(Bytes bytes) {
  if (is_over_) return bytes.size();
  heard_ = loop_.now();
  const std::size_t before = session_.output().size();
  const std::size_t taken = session_.receive(bytes);
  if (const std::size_t now = session_.output().size(); now > before) {
    answers_ += now - before;
    want_flush();
  }
  if (session_.has_failed()) {
    tell_end(session_.failure());
  } else if (answers_ > kMostAnswers) {
    tell_end({ZmtpFault::protocol, "it does not read the answers to its PINGs"});
  } else if (connection_.queued() == 0) {
    answers_ = 0;
  }
  return is_over_ ? bytes.size() : taken;
}

void LoopPeer::shook_hands(const ZmtpProperties& peer) {
  identity_ = peer.identity;
  has_shaken_hands_ = true;
  events_.shook_hands(*this);
}

void LoopPeer::message(Bytes first, std::size_t parts) { events_.message(*this, first, parts); }

void LoopPeer::tell_end(const ZmtpFailure& failure) {
  if (is_over_) return;
  if (failure.fault != ZmtpFault::none) flush();  // ZMTP may have last words
  end();
  events_.ended(*this, failure);
}

// ---- time

std::string LoopPeer::why_late(Time now) const {
  if (!has_shaken_hands())
    return now - came_ >= kFabricHandshake ? "no ZMTP handshake within " + show_ms(kFabricHandshake) : "";
  const auto silence = now - heard_;
  const std::chrono::milliseconds life(100 * session_.ttl());
  if (life.count() > 0 && silence >= life) return "it is silent for the " + show_ms(life) + " that it set itself";
  if (terms_.side == Side::steer) return "";
  if (session_.may_ping() && silence >= kDealTimeout) return "it does not answer PINGs for " + show_ms(kDealTimeout);
  return connection_.queued() > kMostAnswers ? "it does not read" : "";
}

// Steer connections are pinged by the fabric itself.
void LoopPeer::keep_alive(Time now) {
  if (terms_.side != Side::deal || !is_reachable() || now - pinged_ < kDealHeartbeat) return;
  pinged_ = now;
  ask();
}

void LoopPeer::lost_time(std::chrono::nanoseconds lost) {
  came_ += lost;
  heard_ += lost;
}

}  // namespace zeroway
