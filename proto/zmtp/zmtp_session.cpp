#include "proto/zmtp/zmtp_session.h"

#include <algorithm>
#include <utility>

#include "proto/zmtp/curve_client.h"
#include "proto/zmtp/curve_server.h"
#include "proto/zmtp/null_mechanism.h"
#include "proto/zmtp/zmtp_frame.h"
#include "proto/zmtp/zmtp_greeting.h"

namespace zeroway {
namespace {

constexpr std::size_t kTtlSize = 2;

std::string_view name_of(const CurveKeys* keys) { return keys == nullptr ? "NULL" : "CURVE"; }

std::string_view name_of(ZmtpSocket socket) { return socket == ZmtpSocket::dealer ? "DEALER" : "ROUTER"; }

// ZeroMQ RFC 28: which sockets speak with which.
bool may_speak(ZmtpSocket own, std::string_view peer) {
  if (peer == "DEALER" || peer == "ROUTER") return true;
  return peer == (own == ZmtpSocket::dealer ? "REP" : "REQ");
}

std::unique_ptr<ZmtpMechanism> make_mechanism(const ZmtpTerms& terms, ZmtpEvents& events) {
  ZmtpProperties own{std::string(name_of(terms.socket)), terms.identity};
  if (terms.curve != nullptr && terms.role == ZmtpRole::client)
    return std::make_unique<CurveClient>(*terms.curve, std::move(own));
  if (terms.curve != nullptr) return std::make_unique<CurveServer>(*terms.curve, std::move(own), events);
  return std::make_unique<NullMechanism>(std::move(own));
}

}  // namespace

ZmtpSession::ZmtpSession(const ZmtpTerms& terms, ZmtpEvents& events)
    : terms_(terms),
      events_(events),
      mechanism_(make_mechanism(terms, events)),
      out_(zmtp_greeting(name_of(terms.curve)), 0, kZmtpOpening) {}

ZmtpSession::~ZmtpSession() = default;

std::size_t ZmtpSession::receive(Bytes bytes) {
  std::size_t taken = 0;
  missing_ = 0;
  while (!is_over()) {
    const Bytes rest = bytes.subspan(taken);
    const std::size_t more = state_ <= State::greeting ? take_greeting(rest) : take_frame(rest);
    if (more == 0) break;
    taken += more;
  }
  return is_over() ? bytes.size() : taken;
}

std::size_t ZmtpSession::take_greeting(Bytes bytes) {
  const Bytes greeting = bytes.subspan(0, std::min(bytes.size(), kZmtpGreeting));
  if (state_ == State::opening && greeting.size() >= kZmtpOpening) {
    out_ += zmtp_greeting(name_of(terms_.curve)).substr(kZmtpOpening);
    state_ = State::greeting;
  }
  ZmtpFailure failure = zmtp_greeting_failure(greeting, name_of(terms_.curve));
  if (failure.fault != ZmtpFault::none) return fail(std::move(failure)), 0;
  if (greeting.size() < kZmtpGreeting) return 0;
  minor_ = static_cast<std::uint8_t>(read_zmtp_greeting(greeting).minor);
  state_ = State::handshake;
  failure = mechanism_->start(out_);
  if (failure.fault != ZmtpFault::none) fail(std::move(failure));
  return kZmtpGreeting;
}

std::size_t ZmtpSession::take_frame(Bytes bytes) {
  const auto head = read_zmtp_frame_head(bytes);
  if (!head || !fits(*head)) return 0;
  const auto size = static_cast<std::size_t>(head->size);
  if (const std::size_t there = bytes.size() - head->header_size; there < size) {
    missing_ = size - there;
    return 0;
  }
  const Bytes body = bytes.subspan(head->header_size, size);
  if (state_ == State::handshake) {
    handshake_frame(*head, body);
  } else {
    traffic_frame(head->flags, body);
  }
  return head->header_size + size;
}

// Before the body is read: nobody makes us hold more.
bool ZmtpSession::fits(const ZmtpFrameHead& head) {
  const bool is_handshake = state_ == State::handshake;
  const bool is_command = (head.flags & kZmtpCommand) != 0;
  const std::size_t most = is_handshake ? kZmtpMaxHandshakeFrame : is_command ? kZmtpMaxCommand : most_on_its_way();
  if (head.size <= most) return true;
  fail({ZmtpFault::too_long, "a frame of " + std::to_string(head.size) + " bytes, over " + std::to_string(most)});
  return false;
}

// Of a part. In a box there may be a command as well: how long its inside may be, part() and command() know.
std::size_t ZmtpSession::most_on_its_way() const {
  const std::size_t overhead = mechanism_->overhead();
  const std::size_t left = terms_.max_message - message_size_;
  return overhead == 0 ? left : std::max(left, kZmtpMaxCommand) + overhead;
}

// ---- the handshake

void ZmtpSession::handshake_frame(const ZmtpFrameHead& head, Bytes body) {
  // A message before the end of the handshake ends it (RFC 23).
  if ((head.flags & kZmtpCommand) == 0) return fail({ZmtpFault::protocol, "a message before the end of the handshake"});
  ZmtpFailure failure = mechanism_->command(body, out_);
  if (is_over()) return;  // stopped while it was asked about a key
  if (failure.fault != ZmtpFault::none) return fail(std::move(failure));
  if (mechanism_->is_done()) judge_peer();
}

void ZmtpSession::judge_peer() {
  const ZmtpProperties& peer = mechanism_->peer();
  if (!peer.socket_type.empty() && !may_speak(terms_.socket, peer.socket_type))
    return fail({ZmtpFault::socket_type,
                 "its socket is of a type that does not speak with " + std::string(name_of(terms_.socket))});
  if (peer.identity.size() > kZmtpMaxIdentity)
    return fail(
        {ZmtpFault::identity, "its routing id has " + std::to_string(peer.identity.size()) + " bytes, over 255"});
  if (terms_.must_have_identity && (peer.identity.empty() || peer.identity.front() == '\0'))
    return fail({ZmtpFault::identity, "its routing id is empty or begins with a zero byte"});
  mechanism_->finish(out_);
  state_ = State::traffic;
  events_.shook_hands(peer);
}

// ---- traffic

void ZmtpSession::traffic_frame(std::uint8_t flags, Bytes body) {
  ZmtpFailure failure = mechanism_->open(flags, body);
  if (failure.fault != ZmtpFault::none) return fail(std::move(failure));
  // A command may stand between the parts of a message.
  if ((flags & kZmtpCommand) != 0) return command(body);
  part((flags & kZmtpMore) != 0, body);
}

void ZmtpSession::part(bool has_more, Bytes body) {
  if (const std::size_t left = terms_.max_message - message_size_; body.size() > left)
    return fail(
        {ZmtpFault::too_long, "a part of " + std::to_string(body.size()) + " bytes, over " + std::to_string(left)});
  message_size_ += body.size();
  if (++parts_ > kZmtpMaxParts)
    return fail({ZmtpFault::too_long, "a message of more than " + std::to_string(kZmtpMaxParts) + " parts"});
  if (has_more) {
    if (parts_ == 1) first_part_ = as_text(body);
    return;
  }
  const std::size_t parts = std::exchange(parts_, 0);
  message_size_ = 0;
  events_.message(parts == 1 ? body : as_bytes(first_part_), parts);
  if (parts > 1) std::string().swap(first_part_);
}

void ZmtpSession::command(Bytes body) {
  if (body.size() > kZmtpMaxCommand)  // one that was in a box
    return fail({ZmtpFault::too_long,
                 "a command of " + std::to_string(body.size()) + " bytes, over " + std::to_string(kZmtpMaxCommand)});
  const auto command = read_zmtp_command(body);
  if (!command) return fail({ZmtpFault::protocol, "a malformed command"});
  if (command->name != "PING") return;  // PONG, and commands that we do not know
  if (command->data.size() < kTtlSize) return fail({ZmtpFault::protocol, "a PING without its time to live"});
  has_pinged_ = true;
  ttl_ = static_cast<std::uint16_t>(command->data[0] << 8U | command->data[1]);
  const Bytes context = command->data.subspan(kTtlSize);
  pong(context.subspan(0, std::min(context.size(), kZmtpMaxContext)));
}

void ZmtpSession::pong(Bytes context) {
  command_.clear();
  append_zmtp_command_name(command_, "PONG");
  command_ += as_text(context);
  mechanism_->seal(kZmtpCommand, as_bytes(command_), out_);
}

bool ZmtpSession::may_ping() const {
  const std::string& type = mechanism_->peer().socket_type;
  return (minor_ >= 1 || has_pinged_) && type != "REQ" && type != "REP";
}

void ZmtpSession::ping(std::uint16_t ttl) {
  if (!mechanism_->is_done()) return;
  ttl = std::min(ttl, kZmtpMaxTtl);
  command_.clear();
  append_zmtp_command_name(command_, "PING");
  command_ += static_cast<char>(ttl >> 8U);
  command_ += static_cast<char>(ttl & 0xffU);
  mechanism_->seal(kZmtpCommand, as_bytes(command_), out_);
}

// Before the end of the handshake it would leave in clear text, or encrypted with no key.
void ZmtpSession::send(Bytes payload) {
  if (mechanism_->is_done()) mechanism_->seal(0, payload, out_);
}

bool ZmtpSession::send_head(std::size_t payload) {
  if (terms_.curve != nullptr || !mechanism_->is_done()) return false;
  append_zmtp_frame_head(out_, 0, payload);
  return true;
}

void ZmtpSession::stop() {
  if (!is_over()) state_ = State::stopped;
}

void ZmtpSession::fail(ZmtpFailure failure) {
  state_ = State::failed;
  failure_ = std::move(failure);
}

}  // namespace zeroway
