#include "router/net/tls_stream.h"

#include "router/net/limits.h"

namespace zeroway {

// --- input

std::size_t TlsStream::received(Bytes bytes) {
  if (is_over_ || transport_.is_closing() || engine_.state() == TlsState::ended) return bytes.size();
  if (is_shaking_) {
    const Shake shake = may_shake(bytes);
    if (shake != Shake::go_on) return shake == Shake::keep ? 0 : bytes.size();
  }
  process(bytes);
  return bytes.size();
}

void TlsStream::process(Bytes bytes) {
  std::string& output = buffers_.output();
  const std::span<std::uint8_t> plain = buffers_.plain();
  const std::size_t size = engine_.read(bytes, plain, output);
  if (is_shaking_) answered(output.size());
  if (is_shaking_ && engine_.state() == TlsState::failed) return refuse(engine_.failure(), output);
  if (!send_output(output)) return lose_later("the connection broke");
  if (is_shaking_) {
    if (engine_.state() == TlsState::handshake) return;
    is_shaking_ = false;
    secured();
  }
  if (size > 0) tell(plain.first(size));
  // Told when the connection is served; or by the transport, when the user has closed the connection meanwhile.
  if (!events_ || transport_.is_closing()) return;
  if (engine_.state() == TlsState::failed) return lose_later(engine_.failure());
  if (engine_.state() == TlsState::ended && !is_over_) events_->input_ended();
}

void TlsStream::go_on_with(std::shared_ptr<const TlsChallenges> challenges) {
  engine_.use(std::move(challenges));
  if (!is_over_ && !transport_.is_closing()) process({});
}

void TlsStream::tell(Bytes plain) {
  if (!kept_.empty() || !events_) {
    kept_.append(as_text(plain));
    return offer();
  }
  const std::size_t taken = events_->received(plain);
  kept_.append(as_text(plain.subspan(taken)));
}

void TlsStream::catch_up() {
  const bool is_quiet = kept_.empty() && engine_.state() == TlsState::open && !is_over_;
  if (!is_quiet) loop_.at_turn_end(*this);
}

void TlsStream::turn_end() {
  if (transport_.is_closing()) return;
  offer();
  if (is_over_) return events_->lost();
  if (engine_.state() == TlsState::failed) return lose(engine_.failure());
  if (engine_.state() == TlsState::ended) events_->input_ended();
}

void TlsStream::offer() {
  if (kept_.empty() || !events_) return;
  const std::size_t taken = events_->received(as_bytes(kept_));
  if (taken < kept_.size()) {
    kept_.erase(0, taken);
  } else if (kept_.capacity() > kKeptCapacity) {
    std::string().swap(kept_);
  } else {
    kept_.clear();
  }
}

// --- events of the transport

void TlsStream::input_ended() {
  if (engine_.state() == TlsState::ended) return;  // close_notify has reported the end
  lose("the connection was cut");
}

void TlsStream::hung_up() {
  if (is_over_) return;
  if (is_shaking_) return lose("the peer went away");
  if (events_) events_->hung_up();  // else its bytes wait for the user, and the end behind them
}

void TlsStream::written() {
  if (events_ && !is_over_) events_->written();
}

void TlsStream::lost() { lose("the connection broke"); }

// --- output

bool TlsStream::begin(std::string_view before) {
  std::string& output = buffers_.output();
  output.append(before);
  static_cast<void>(engine_.read({}, buffers_.plain(), output));
  return engine_.state() == TlsState::handshake && send_output(output);
}

bool TlsStream::send_output(std::string& output) {
  if (output.empty()) return true;
  if (!transport_.send(output)) return false;
  // Messages of TLS itself fill the queue, too: the session watches the queue.
  if (events_ && transport_.queued() > 0) events_->written();
  return true;
}

bool TlsStream::send(std::string& bytes) {
  const bool is_open = !is_over_ && engine_.state() != TlsState::failed;  // else not told yet
  if (is_open && write(bytes)) return true;
  loop_.forget_turn_end(*this);  // the caller knows now
  return false;
}

bool TlsStream::write(std::string& bytes) {
  std::string& output = buffers_.output();
  engine_.write(as_bytes(bytes), output);
  bytes.clear();
  return engine_.state() != TlsState::failed && transport_.send(output);
}

// A peer may answer close_notify in TLS's own way until it has closed its side, too: the socket stays open for that.
void TlsStream::end_output() {
  if (is_over_ || transport_.is_closing()) return;
  std::string& output = buffers_.output();
  engine_.close(output);
  if (!output.empty() && !transport_.send(output)) lose_later("the connection broke");
}

void TlsStream::reset() {
  is_over_ = true;
  loop_.forget_turn_end(*this);
  transport_.reset();
}

bool TlsStream::close(Linger linger) {
  if (is_over_) {
    loop_.forget_turn_end(*this);  // the caller knows now
    return true;
  }
  if (transport_.is_closing()) return transport_.close(linger);
  std::string().swap(kept_);
  std::string& output = buffers_.output();
  if (!is_cut_) engine_.close(output);
  if (!output.empty() && !transport_.send(output)) return true;
  return transport_.close(linger);
}

void TlsStream::refuse(std::string_view why, std::string_view last_words) {
  refused_ = why;
  std::string words(last_words);
  if (!words.empty() && !transport_.send(words)) return lose(refused_);
  if (transport_.close(Linger::brief)) lose(refused_);
}

// The user may destroy the connection when it is lost, and the transport is still in its call to received().
void TlsStream::lose_later(std::string_view why) {
  if (!events_) return lose(why);
  if (!std::exchange(is_over_, true)) loop_.at_turn_end(*this);
}

void TlsStream::lose(std::string_view why) {
  if (std::exchange(is_over_, true)) return;
  if (events_) return events_->lost();
  gone(refused_.empty() ? why : refused_);
}

}  // namespace zeroway
