#include "router/net/tls_connection.h"

#include <utility>

#include "router/net/limits.h"

namespace zeroway {

namespace {

constexpr std::string_view kPlainRefused =
    "HTTP/1.1 400 Bad Request\r\n"
    "content-type: text/plain\r\n"
    "content-length: 51\r\n"
    "connection: close\r\n\r\n"
    "The plain HTTP request was sent to an HTTPS port.\r\n";

// TLS begins with a record's type, 22; a method begins with a letter, and so does HTTP/2's preface.
bool looks_like_http(Bytes bytes) { return bytes[0] >= 'A' && bytes[0] <= 'Z'; }

}  // namespace

TlsConnection::TlsConnection(Loop& loop, Socket socket, TlsServer& server, TlsArrivals& arrivals)
    : server_(server),
      arrivals_(arrivals),
      engine_(server.terms()),
      handshake_timer_(std::make_unique<Timer>(loop, [this] { lose("the handshake took too long"); })),
      transport_(loop, std::move(socket), *this) {
  handshake_timer_->set(server.handshake_timeout());
}

TlsConnection::~TlsConnection() {
  if (is_waiting_) server_.forget(*this);
}

// --- input

std::size_t TlsConnection::received(Bytes bytes) {
  if (is_over_ || transport_.is_closing() || engine_.state() == TlsState::ended) return bytes.size();
  if (!events_ && !may_shake(bytes)) return is_waiting_ ? 0 : bytes.size();
  process(bytes);
  return bytes.size();
}

// Whether the handshake may go on now.
bool TlsConnection::may_shake(Bytes bytes) {
  if (!std::exchange(has_begun_, true) && looks_like_http(bytes)) {
    refuse("plain HTTP on a TLS port", kPlainRefused);
    return false;
  }
  if (has_signed_ || is_waiting_) return !is_waiting_;
  if (server_.may_sign(*this)) return true;
  is_waiting_ = true;
  transport_.pause(PauseReason::reader);
  return false;
}

void TlsConnection::may_go_on() {
  is_waiting_ = false;
  transport_.resume(PauseReason::reader);
  transport_.offer();
}

void TlsConnection::process(Bytes bytes) {
  std::string& output = server_.output();
  const std::span<std::uint8_t> plain = server_.plain();
  const std::size_t size = engine_.read(bytes, plain, output);
  if (!has_signed_ && output.size() > kHelloRetry) {
    has_signed_ = true;
    server_.has_signed();
  }
  if (!events_ && engine_.state() == TlsState::failed) return refuse(engine_.failure(), output);
  if (!send_output(output)) return lose("the connection broke");
  if (!events_) {
    if (engine_.state() == TlsState::handshake) return;
    secure();
  }
  if (size > 0) tell(plain.first(size));
  if (engine_.state() == TlsState::failed) return lose(engine_.failure());
  if (engine_.state() == TlsState::ended && !is_over_) events_->input_ended();
}

void TlsConnection::secure() {
  handshake_timer_.reset();
  arrivals_.secured(*this);
}

void TlsConnection::tell(Bytes plain) {
  if (!kept_.empty()) {
    kept_.append(as_text(plain));
    return offer();
  }
  const std::size_t taken = events_->received(plain);
  kept_.append(as_text(plain.subspan(taken)));
}

void TlsConnection::offer() {
  if (kept_.empty()) return;
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

void TlsConnection::input_ended() {
  if (engine_.state() == TlsState::ended) return;  // close_notify has reported the end
  lose("the connection was cut");
}

void TlsConnection::hung_up() {
  if (is_over_) return;
  if (events_) return events_->hung_up();
  lose("the client went away");
}

void TlsConnection::written() {
  if (events_ && !is_over_) events_->written();
}

void TlsConnection::lost() { lose("the connection broke"); }

// --- output

bool TlsConnection::send_output(std::string& output) {
  if (output.empty()) return true;
  if (!transport_.send(output)) return false;
  // Messages of TLS itself fill the queue, too: the session watches the queue.
  if (events_ && transport_.queued() > 0) events_->written();
  return true;
}

bool TlsConnection::send(std::string& bytes) {
  std::string& output = server_.output();
  engine_.write(as_bytes(bytes), output);
  bytes.clear();
  return engine_.state() != TlsState::failed && transport_.send(output);
}

bool TlsConnection::close(Linger linger) {
  if (transport_.is_closing()) return transport_.close(linger);
  std::string().swap(kept_);
  std::string& output = server_.output();
  if (!is_cut_) engine_.close(output);
  if (!output.empty() && !transport_.send(output)) return true;
  return transport_.close(linger);
}

void TlsConnection::refuse(std::string_view why, std::string_view last_words) {
  refused_ = why;
  std::string words(last_words);
  if (!words.empty() && !transport_.send(words)) return lose(refused_);
  if (transport_.close(Linger::brief)) lose(refused_);
}

void TlsConnection::lose(std::string_view why) {
  if (std::exchange(is_over_, true)) return;
  if (events_) return events_->lost();
  arrivals_.failed(*this, refused_.empty() ? why : refused_);
}

}  // namespace zeroway
