#include "loop_connection.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "limits.h"
#include "socket_address.h"
#include "undisturbed.h"
#include "worker-sdk/src/session/kept_buffer.h"

namespace zeroway {

namespace {

void set_int(int fd, int level, int option, std::chrono::seconds::rep value) {
  const int number = static_cast<int>(value);
  setsockopt(fd, level, option, &number, sizeof number);
}

// A host that is gone is noticed in kTcpPatience, whether bytes are under way to it or not.
void set_tcp_options(int fd) {
  set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kTcpPatience.count());
  set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveInterval.count());
  set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveInterval.count());
}

short polled(int fd, short events) {
  pollfd asked{fd, events, 0};
  return poll(&asked, 1, 0) == 1 ? asked.revents : short{0};
}

}  // namespace

LoopConnection::LoopConnection(const ConnectionKey& key, const std::string& instance, const CurveKeys* curve)
    : key_(key),
      session_({.role = ZmtpRole::client, .socket = ZmtpSocket::router, .identity = instance, .curve = curve}, *this) {}

bool LoopConnection::dial(const std::string& endpoint, TimePoint now) {
  const auto address = address_of(endpoint);
  if (!address) return false;
  is_tcp_ = address->is_tcp();
  deadline_ = now + kConnectTimeout;
  fd_ = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    error_ = errno;
    return true;
  }
  if (is_tcp_) {
    set_tcp_options(fd_);
  } else {
    set_int(fd_, SOL_SOCKET, SO_SNDBUF, kLocalBuffer);
  }
  if (connect(fd_, address->get(), address->size) == 0)
    found_ = POLLOUT;
  else if (errno != EINPROGRESS && errno != EINTR)  // disturbed by a signal, it goes on by itself
    error_ = errno;
  return true;
}

short LoopConnection::wanted() const {
  if (state_ == State::connecting) return POLLOUT;
  return static_cast<short>(POLLIN | (output_.waits() ? POLLOUT : 0));
}

bool LoopConnection::is_due() const {
  if (state_ == State::ended) return false;
  return found_ != 0 || error_ != 0 || has_more_ || cannot_write_;
}

bool LoopConnection::has_hung_up() const {
  if (state_ == State::ended || cannot_write_) return true;
  return (polled(fd_, POLLRDHUP) & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void LoopConnection::receive(TimePoint now, WireEvents& events) {
  if (state_ == State::connecting) return finish_connecting(now, events);
  if (state_ != State::open) return;
  const short found = std::exchange(found_, short{0});
  if ((found & POLLOUT) != 0) flush();
  if ((found & ~POLLOUT) != 0 || has_more_ || cannot_write_) read(events);
}

// The last look before the end counts: after a stop of the whole process the connection may be there meanwhile.
void LoopConnection::finish_connecting(TimePoint now, WireEvents& events) {
  if (error_ == 0 && found_ == 0) {
    if (now < deadline_) return;
    found_ = polled(fd_, POLLOUT);
    if (found_ == 0) error_ = ETIMEDOUT;
  }
  found_ = 0;
  if (error_ == 0) {
    socklen_t size = sizeof error_;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error_, &size);
  }
  if (error_ != 0) return tell_end(events);
  state_ = State::open;
  deadline_ = TimePoint::max();
  events.connected(key_);
  flush();
}

void LoopConnection::read(WireEvents& events) {
  const auto room = input_.room();
  const ssize_t count = undisturbed([&] { return recv(fd_, room.data(), room.size(), 0); });
  const bool is_dry = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  has_more_ = count == static_cast<ssize_t>(room.size());
  if (is_dry && !cannot_write_) return;
  if (count <= 0) return tell_end(events);
  input_.added(static_cast<std::size_t>(count));
  told_ = &events;
  input_.taken(session_.receive(input_.bytes()));
  told_ = nullptr;
  flush();
  if (session_.has_failed()) tell_end(events);
}

void LoopConnection::shook_hands(const ZmtpProperties&) {
  has_shaken_hands_ = true;
  told_->shook_hands(key_);
}

// A payload has one part; further parts are skipped.
void LoopConnection::message(Bytes first, std::size_t) { told_->message(key_, first); }

void LoopConnection::send(MessageWriter& message) {
  if (message.size() >= kSentAsItIs && session_.send_head(message.size())) {
    output_.add(session_.output(), message.take());
    return flush();
  }
  session_.send(as_bytes(message.bytes()));
  if (message.capacity() > kKeptBuffer)
    (void)message.take();
  else
    message.clear();
  flush();
}

void LoopConnection::flush() {
  if (!cannot_write_ && output_.send(fd_, session_.output()) == 0) return;
  cannot_write_ = true;
  output_.clear(session_.output());
}

void LoopConnection::tell_end(WireEvents& events) {
  const bool has_failed = session_.has_failed();
  close();
  if (has_failed && !has_shaken_hands_) return events.handshake_failed(key_, session_.failure().fault);
  events.broke(key_, {error_, session_.failure().detail});
}

void LoopConnection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  state_ = State::ended;
  deadline_ = TimePoint::max();
}

void LoopConnection::leave(TimePoint deadline) {
  if (state_ != State::open || !has_shaken_hands_) return close();
  session_.stop();
  state_ = State::leaving;
  deadline_ = deadline;
  found_ = POLLOUT;
}

// Closed with unread bytes, a TCP connection throws away what it has not sent. So the worker says that it has nothing
// more to say, and reads until the router has closed too.
void LoopConnection::go_on_leaving(TimePoint now) {
  if (state_ != State::leaving) return;
  if (now >= deadline_ || cannot_write_) return close();
  const short found = std::exchange(found_, short{0});
  if ((found & POLLOUT) != 0) {
    flush();
    if (!output_.waits()) shutdown(fd_, SHUT_WR);
  }
  if ((found & ~POLLOUT) == 0) return;
  const auto room = input_.room();
  const ssize_t count = undisturbed([&] { return recv(fd_, room.data(), room.size(), 0); });
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) close();
}

bool LoopConnection::is_delivered() const {
  int waiting = 0;
  if (output_.waits()) return false;
  return !is_tcp_ || ioctl(fd_, SIOCOUTQ, &waiting) != 0 || waiting == 0;
}

}  // namespace zeroway
