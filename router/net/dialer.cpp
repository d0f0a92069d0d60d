#include "router/net/dialer.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "router/net/connect_attempt.h"
#include "router/net/limits.h"
#include "router/net/tcp_connection.h"
#include "router/net/tls_client_connection.h"

namespace zeroway {

namespace {

// The first address stays first; then the families take turns, each in its own order.
std::vector<SocketAddress> in_turns(std::vector<SocketAddress> addresses) {
  if (addresses.empty()) return addresses;
  const auto first = addresses.front().family();
  std::stable_partition(addresses.begin(), addresses.end(),
                        [first](const SocketAddress& one) { return one.family() == first; });
  const auto others = std::find_if(addresses.begin(), addresses.end(),
                                   [first](const SocketAddress& one) { return one.family() != first; });
  std::vector<SocketAddress> mixed;
  auto one = addresses.begin();
  for (auto other = others; one != others || other != addresses.end();) {
    if (one != others) mixed.push_back(std::move(*one++));
    if (other != addresses.end()) mixed.push_back(std::move(*other++));
  }
  return mixed;
}

Error tls_error(const SocketAddress& address, std::string_view why) {
  return {Fault::backend, Code::backend_lost, true, "TLS with " + address.show() + ": " + std::string(why)};
}

}  // namespace

//   attempts, one more each kAttemptDelay or when the newest fails ──▶ TLS handshake ──▶ result, told at the turn's end
//        │ all failed, or the deadline                                       │ failed              ▲
//        └───────────────────────────────────────────────────────────────────┴─────────────────────┘
class Dialer::Dial final : public Dialing, private ConnectEvents, private TlsDeparture, private TurnEnd {
 public:
  Dial(Loop& loop, TlsBuffers& buffers, DialWish wish, Done done)
      : loop_(loop),
        buffers_(buffers),
        wish_(std::move(wish)),
        done_(std::move(done)),
        deadline_(loop, [this] { expire(); }),
        stagger_(loop, [this] { try_next(); }) {
    if (wish_.tls) tls_.emplace(*wish_.tls);
    wish_.addresses = in_turns(std::move(wish_.addresses));
    deadline_.set(wish_.deadline);
    try_next();
  }
  ~Dial() override { loop_.forget_turn_end(*this); }

 private:
  void try_next() {
    stagger_.clear();
    while (next_ < wish_.addresses.size()) {
      ConnectEvents& self = *this;
      attempts_.push_back(std::make_unique<ConnectAttempt>(loop_, wish_.addresses[next_++], self));
      if (!attempts_.back()->error()) return wait_for_newest();
      note(*attempts_.back()->error());
      attempts_.pop_back();
    }
    if (under_way_ == 0) finish(error_ ? *error_ : Error{Fault::backend, Code::backend_lost, true, "no address"});
  }

  void wait_for_newest() {
    ++under_way_;
    if (next_ < wish_.addresses.size()) stagger_.set(kAttemptDelay);
  }

  // Of several errors, the first one of a server says most.
  void note(const Error& error) {
    if (!error_ || (error_->fault == Fault::router && error.fault != Fault::router)) error_ = error;
  }

  void attempt_over(ConnectAttempt& who) override {
    if (address_ || result_) return;
    if (!who.error()) return connected(who.take(), who.address());
    note(*who.error());
    --under_way_;
    // An older attempt has its follower already.
    if (&who == attempts_.back().get() || under_way_ == 0) try_next();
  }

  void connected(Socket socket, const SocketAddress& address) {
    stagger_.clear();
    address_ = address;
    loop_.at_turn_end(*this);  // ends the other attempts: one of them may be the caller
    if (tls_) return secure(std::move(socket));
    const std::string& first = wish_.first_bytes;
    // A new socket takes some hundred bytes whole.
    const bool is_sent = first.empty() || ::send(socket.fd(), first.data(), first.size(), MSG_NOSIGNAL) ==
                                              static_cast<ssize_t>(first.size());
    if (!is_sent) return finish(connect_error(address, ECONNRESET));
    finish(Dialed{std::make_unique<TcpConnection>(loop_, std::move(socket)), "", address});
  }

  void secure(Socket socket) {
    auto start = tls_->start(*address_);
    if (!start) return finish(start.error());
    TlsDeparture& self = *this;
    secured_ = std::make_unique<TlsClientConnection>(loop_, std::move(socket), buffers_, std::move(*start), self);
    if (secured_->begin(wish_.first_bytes)) return;
    failed(secured_->failure().empty() ? "the connection broke" : secured_->failure());
  }

  // RFC 7301 §3.2: the server chooses one of ours.
  void secured() override {
    if (result_) return;
    const std::string_view protocol = secured_->engine().protocol();
    if (!protocol.empty() && !tls_->offers(protocol))
      return failed("the server chose a protocol that we did not offer");
    deadline_.clear();
    is_secured_ = true;
    loop_.at_turn_end(*this);
  }

  void failed(std::string_view why) override {
    if (!result_) finish(tls_error(*address_, why));
  }

  void expire() {
    if (result_) return;
    Error error{Fault::backend, Code::backend_timeout, true, ""};
    const std::string time = std::to_string(wish_.deadline.count()) + " ms";
    if (secured_) {
      error.detail = "TLS with " + address_->show() + ": the handshake took over " + time;
    } else {
      error.detail = "cannot connect to " + wish_.addresses[next_ - 1].show() + ": no answer in " + time;
    }
    finish(std::move(error));
  }

  void finish(Result<Dialed> result) {
    deadline_.clear();
    stagger_.clear();
    result_.emplace(std::move(result));
    loop_.at_turn_end(*this);  // never from inside dial() or a call of the connection
  }

  void turn_end() override {
    attempts_.clear();
    if (!result_ && is_secured_) hand_over();
    if (!result_ || !done_) return;
    secured_.reset();
    const Done done = std::exchange(done_, nullptr);  // this object may be destroyed in the call
    Result<Dialed> result = std::move(*result_);
    done(std::move(result));
  }

  void hand_over() {
    const std::string protocol(secured_->engine().protocol());
    secured_->leave();
    result_.emplace(Dialed{std::move(secured_), protocol, *address_});
  }

  Loop& loop_;
  TlsBuffers& buffers_;
  DialWish wish_;
  Done done_;
  std::optional<TlsClient> tls_;  // a copy: it costs a name
  Timer deadline_;
  Timer stagger_;  // until the next address
  std::size_t next_ = 0;
  std::vector<std::unique_ptr<ConnectAttempt>> attempts_;  // until the end of the turn, oldest first
  std::optional<SocketAddress> address_;                   // the one that answered
  std::unique_ptr<TlsClientConnection> secured_;
  std::optional<Error> error_;
  std::optional<Result<Dialed>> result_;
  std::size_t under_way_ = 0;  // of attempts_; the others have failed
  bool is_secured_ = false;
};

std::unique_ptr<Dialing> Dialer::dial(DialWish wish, Done done) {
  return std::make_unique<Dial>(loop_, buffers_, std::move(wish), std::move(done));
}

std::unique_ptr<Dialing> Dialer::dial(const SocketAddress& address, const TlsClient* tls, Millis deadline, Done done) {
  return dial(DialWish{{address}, tls, deadline, {}}, std::move(done));
}

}  // namespace zeroway
