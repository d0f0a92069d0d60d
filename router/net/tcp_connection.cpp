#include "router/net/tcp_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "proto/append_bytes.h"
#include "router/net/limits.h"
#include "router/net/loop_inside.h"

namespace zeroway {

namespace {

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

TcpConnection::TcpConnection(Loop& loop, Socket socket)
    : loop_(loop), socket_(std::move(socket)), last_progress_(loop.now()) {}

TcpConnection::TcpConnection(Loop& loop, Socket socket, ConnectionEvents& events)
    : TcpConnection(loop, std::move(socket)) {
  TcpConnection::serve(events);
}

void TcpConnection::serve(ConnectionEvents& events) {
  const bool is_first = events_ == nullptr;
  events_ = &events;
  if (is_first) watch();
}

TcpConnection::~TcpConnection() {
  leave_batch();
  leave_lingering();
  if (socket_.is_open()) loop_.forget(socket_.fd());
}

// The socket stays registered for reading while paused, until it is readable once: a pause that ends before the client
// sends more costs no call.
void TcpConnection::watch() {
  // Both ends are closed: epoll would report that for ever, and there is no more to learn.
  if (has_input_ended_ && output_ == Output::ended && !is_closing_) return loop_.forget(socket_.fd());
  const bool listens = !is_closing_ && !has_input_ended_;
  const bool reads = is_closing_ ? linger_ != Linger::no : listens && pauses_ == 0;
  loop_.watch(socket_.fd(), *this, reads, wants_write_, listens && !has_told_hang_up_);
}

void TcpConnection::pause(PauseReason reason) { pauses_ |= static_cast<std::uint8_t>(reason); }

void TcpConnection::resume(PauseReason reason) {
  if (pauses_ == 0) return;
  pauses_ &= static_cast<std::uint8_t>(~static_cast<std::uint8_t>(reason));
  if (pauses_ == 0) watch();  // no call when nothing had changed
}

void TcpConnection::hung_up() {
  if (pauses_ == 0 || has_told_hang_up_ || is_shut_) return;  // reading will find the end
  has_told_hang_up_ = true;
  watch();
  events_->hung_up();
}

void TcpConnection::ready(bool readable, bool writable) {
  if (is_broken_) return read_rest();
  if (writable && wants_write_) {
    if (!flush()) return break_off();
    if (is_closing_) {
      if (queued() == 0 && shut_down()) events_->lost();
      return;
    }
    events_->written();
    return;  // the loop reports readable bytes again; the session may be gone
  }
  if (!readable) return;
  if (is_closing_ && linger_ != Linger::no) return discard();
  if (is_closing_ || pauses_ != 0 || has_input_ended_) {
    // Either more bytes than are wanted now, or the end of the connection: epoll reports an error until SO_ERROR is
    // read.
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lose();
    // Our side is closed, and so may the peer's be, behind bytes that nobody wants yet: epoll reports that without end.
    if (output_ == Output::ended && !is_closing_) return loop_.forget(socket_.fd());  // resume() watches again
    return watch();
  }
  read();
}

// Nothing can be sent any more. What the peer sent before is still passed on: a server that refuses a body may have
// replied before it closed.
void TcpConnection::break_off() {
  is_broken_ = wants_write_ = true;  // a broken socket is ready at once
  watch();
}

void TcpConnection::read_rest() {
  if (is_closing_ || has_input_ended_ || pauses_ != 0) return lose();
  read();
}

void TcpConnection::read() {
  const std::span<std::uint8_t> room = where_to_read();
  const ssize_t count = ::recv(socket_.fd(), room.data(), room.size(), 0);
  if (count < 0 && is_temporary(errno) && !is_broken_) return;
  if (count < 0 || (count == 0 && is_broken_)) return lose();
  if (count == 0) {
    has_input_ended_ = true;
    watch();
    return events_->input_ended();
  }
  Loop::Inside& inside = loop_.inside();
  const Bytes bytes(room.data(), static_cast<std::size_t>(count));
  if (bytes.size() >= kLargeRead) inside.is_more_likely = true;
  if (kept_.is_empty()) return tell(bytes);
  if (room.data() == inside.read_buffer.data()) {
    kept_.add(bytes, inside.spare_input);
  } else {
    kept_.added(bytes.size());
  }
  offer();
}

// Behind the bytes that are kept no more than is missing is read: then nothing is left that would have to be moved.
std::span<std::uint8_t> TcpConnection::where_to_read() {
  Loop::Inside& inside = loop_.inside();
  if (!kept_.is_empty())
    if (const std::size_t missing = events_->missing(); missing >= kLargeRead)
      return kept_.room(missing, inside.spare_input);
  if (inside.read_buffer.empty()) inside.read_buffer.resize(kReadSize);
  return inside.read_buffer;
}

void TcpConnection::tell(Bytes bytes) {
  const std::size_t taken = events_->received(bytes);
  kept_.add(bytes.subspan(taken), loop_.inside().spare_input);
}

void TcpConnection::offer() {
  if (kept_.is_empty()) return;
  const std::size_t taken = events_->received(kept_.bytes());
  kept_.taken(std::min(taken, kept_.size()), loop_.inside().spare_input);
}

bool TcpConnection::send(std::string& bytes) {
  Loop::Inside& inside = loop_.inside();
  if (is_in_batch_) inside.sends.flush();
  if (is_broken_) return false;
  if (queued() > 0) {
    append_bytes(out_, as_bytes(bytes));
    bytes.clear();
    return true;
  }
  if (inside.is_in_turn && bytes.size() <= kSmallSend) {
    is_in_batch_ = true;
    inside.sends.add(*this, socket_.fd(), bytes);
    return true;
  }
  const ssize_t count = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && !is_temporary(errno)) {
    break_off();
    return false;
  }
  keep(bytes, count);
  bytes.clear();
  return true;
}

void TcpConnection::sent(std::string_view bytes, ssize_t result) {
  is_in_batch_ = false;
  if (result < 0 && !is_temporary(static_cast<int>(-result))) return break_off();
  keep(bytes, result);
  if (queued() > 0) events_->written();  // these bytes had counted as taken
}

// Keeps the unsent rest of `bytes`.
void TcpConnection::keep(std::string_view bytes, ssize_t sent) {
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  taken_ += taken;
  if (taken == bytes.size()) return;
  out_.assign(bytes, taken);
  last_progress_ = loop_.now();
  wants_write_ = true;
  watch();
}

void TcpConnection::leave_batch() {
  if (std::exchange(is_in_batch_, false)) loop_.inside().sends.forget(*this);
}

bool TcpConnection::flush() {
  const ssize_t count = ::send(socket_.fd(), out_.data() + out_begin_, queued(), MSG_NOSIGNAL);
  if (count < 0) return is_temporary(errno);
  last_progress_ = loop_.now();
  out_begin_ += static_cast<std::size_t>(count);
  taken_ += static_cast<std::uint64_t>(count);
  if (queued() == 0) {
    std::string().swap(out_);
    out_begin_ = 0;
    wants_write_ = false;
    send_end();
    watch();
  } else if (out_begin_ > out_.size() / 2) {
    out_.erase(0, out_begin_);
    out_begin_ = 0;
  }
  return true;
}

void TcpConnection::end_output() {
  if (output_ != Output::open || !socket_.is_open()) return;
  if (is_in_batch_) loop_.inside().sends.flush();
  output_ = Output::ending;
  if (queued() > 0) return;
  send_end();
  watch();
}

void TcpConnection::send_end() {
  if (output_ != Output::ending) return;
  output_ = Output::ended;
  ::shutdown(socket_.fd(), SHUT_WR);
}

void TcpConnection::reset() {
  leave_batch();
  leave_lingering();
  linger_timer_.reset();
  is_broken_ = is_closing_ = true;
  if (!socket_.is_open()) return;
  loop_.forget(socket_.fd());
  reset_and_close(std::move(socket_));
}

void TcpConnection::send_rest(Time deadline) {
  if (is_in_batch_) loop_.inside().sends.flush();
  while (queued() > 0 && !is_broken_ && socket_.is_open()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{socket_.fd(), POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0 || !flush()) return;
  }
}

void TcpConnection::drop() {
  if (is_in_batch_) loop_.inside().sends.flush();
  is_broken_ = true;
  if (!socket_.is_open()) return;
  loop_.forget(socket_.fd());
  socket_ = Socket();
}

bool TcpConnection::close(Linger linger) {
  if (is_closing_) {
    linger_ = std::min(linger_, linger);
    if (is_shut_) set_linger_timer();
    return false;
  }
  if (is_in_batch_) loop_.inside().sends.flush();
  is_closing_ = true;
  // A client that has closed its side sends nothing more: no reason to linger.
  linger_ = has_input_ended_ ? Linger::no : linger;
  kept_.clear(loop_.inside().spare_input);
  if (queued() == 0) return shut_down();
  watch();
  return false;
}

// True when the connection is over.
bool TcpConnection::shut_down() {
  wants_write_ = false;
  is_shut_ = true;
  if (linger_ == Linger::no) {
    loop_.forget(socket_.fd());
    socket_ = Socket();
    return true;
  }
  std::size_t& lingering = loop_.inside().lingering;
  if (linger_ == Linger::full && lingering >= kMaxLingering) linger_ = Linger::brief;
  is_counted_ = linger_ == Linger::full;
  if (is_counted_) ++lingering;
  ::shutdown(socket_.fd(), SHUT_WR);
  linger_timer_ = std::make_unique<Timer>(loop_, [this] { lose(); });
  linger_end_ = loop_.now() + kLingerTime;
  set_linger_timer();
  watch();
  return false;
}

void TcpConnection::set_linger_timer() {
  if (linger_ != Linger::full) {
    linger_timer_->set(kBriefLinger);
    return leave_lingering();
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(linger_end_ - loop_.now());
  linger_timer_->set(std::clamp(left, std::chrono::milliseconds(0), kLingerSilence));
}

void TcpConnection::leave_lingering() {
  if (std::exchange(is_counted_, false)) --loop_.inside().lingering;
}

// Also while the last bytes still wait to be sent: a client may read them only when it has sent all of its own.
void TcpConnection::discard() {
  auto& buffer = loop_.inside().read_buffer;
  if (buffer.empty()) buffer.resize(kReadSize);
  const std::size_t most = linger_ == Linger::full    ? kLingerBytes
                           : linger_ == Linger::brief ? kBriefLingerBytes
                                                      : kFloodLingerBytes;
  // MSG_TRUNC: the kernel drops the bytes itself, without a copy (tcp(7)). A flood that was cut goes on for a while.
  const std::size_t wanted = std::min(buffer.size(), most - std::min(most, discarded_));
  const ssize_t count = wanted > 0 ? ::recv(socket_.fd(), buffer.data(), wanted, MSG_TRUNC) : 0;
  if (count < 0) return is_temporary(errno) ? void() : lose();
  discarded_ += static_cast<std::size_t>(count);
  if (count == 0 || discarded_ >= most) return stop_discarding();
  if (is_shut_ && linger_ == Linger::full) set_linger_timer();
}

void TcpConnection::stop_discarding() {
  if (is_shut_) return lose();
  linger_ = Linger::no;
  watch();
}

void TcpConnection::lose() {
  leave_batch();
  loop_.forget(socket_.fd());
  socket_ = Socket();
  events_->lost();
}

}  // namespace zeroway
