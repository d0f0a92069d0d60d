#include "proto/zmtp/curve_server.h"

#include <algorithm>
#include <array>

#include "proto/frame.h"
#include "proto/zmtp/curve_commands.h"
#include "proto/zmtp/zmtp_error.h"

namespace zeroway {
namespace {

constexpr std::string_view kNotAllowed = "400";  // the status that libzmq's servers send (ZeroMQ RFC 27)

}  // namespace

ZmtpFailure CurveServer::command(Bytes body, std::string& out) {
  const std::string_view text = as_text(body);
  if (state_ == State::hello && text.starts_with(kHelloStart.substr(0, 1 + kHelloStart[0]))) return hello(body, out);
  if (state_ == State::initiate && text.starts_with(kInitiateStart)) return initiate(body, out);
  return {ZmtpFault::protocol, state_ == State::hello ? "another command than HELLO in the handshake"
                                                      : "another command than INITIATE in the handshake"};
}

ZmtpFailure CurveServer::hello(Bytes body, std::string& out) {
  if (body.size() != kHelloSize) return {ZmtpFault::protocol, "HELLO has a wrong size"};
  if (!as_text(body).starts_with(kHelloStart))
    return {ZmtpFault::version, "HELLO is of another version than CURVE 1.0"};
  client_transient_ = read_curve_key(body.subspan(kHelloKeyAt));
  const std::uint64_t counter = read_u64(body.subspan(kHelloCounterAt).data());
  CurveBox box;
  std::array<std::uint8_t, kHelloZeros> zeros;
  if (!box.agree(client_transient_, keys_.own_secret) ||
      !box.open({kHelloNonce, counter}, body.subspan(kHelloBoxAt), zeros))
    return {ZmtpFault::key, "it has another public key of ours, or none"};
  if (!traffic_.take_counter(counter)) return {ZmtpFault::protocol, "HELLO has the counter 0"};
  transient_.make();
  welcome(box, out);
  state_ = State::initiate;
  return {};
}

// RFC 26 puts C' and s' into the cookie, encrypted, for servers that keep no state between HELLO and INITIATE. We keep
// it, so our cookie is random bytes: they only must come back.
void CurveServer::welcome(const CurveBox& box, std::string& out) {
  append_curve_random(cookie_, kCurveCookie);
  std::string random;
  append_curve_random(random, kCurveRandomNonce);
  append_zmtp_frame_head(out, kZmtpCommand, kWelcomeSize);
  out += kWelcomeStart;
  out += random;
  const std::size_t at = out.size();
  out.append(kCurveTag, '\0');
  out += as_text(transient_.public_key());
  out += cookie_;
  box.close({kWelcomeNonce, as_bytes(random)}, out, at);
}

ZmtpFailure CurveServer::initiate(Bytes body, std::string& out) {
  if (body.size() < kInitiateLeast) return {ZmtpFault::protocol, "INITIATE is too short"};
  if (!is_same_curve_secret(body.subspan(kInitiateStart.size(), kCurveCookie), as_bytes(cookie_)))
    return {ZmtpFault::protocol, "INITIATE has another cookie than WELCOME"};
  const std::uint64_t counter = read_u64(body.subspan(kInitiateCounterAt).data());
  const Bytes box = body.subspan(kInitiateBoxAt);
  std::string plain(box.size() - kCurveTag, '\0');
  const std::span inside(reinterpret_cast<std::uint8_t*>(plain.data()), plain.size());
  if (!traffic_.box().agree(client_transient_, transient_.secret_key()) ||
      !traffic_.box().open({kInitiateNonce, counter}, box, inside))
    return {ZmtpFault::protocol, "its INITIATE does not open"};
  if (!traffic_.take_counter(counter)) return {ZmtpFault::protocol, "INITIATE has a counter that does not grow"};
  return take_client(inside, out);
}

ZmtpFailure CurveServer::take_client(Bytes inside, std::string& out) {
  const Bytes client = inside.first(kCurveKeySize);
  if (!vouches(read_curve_key(client), inside.subspan(kCurveKeySize, kCurveVouch)))
    return {ZmtpFault::key, "it does not prove that it has the secret key of its public key"};
  auto read = read_zmtp_properties(inside.subspan(kCurveKeySize + kCurveVouch));
  if (!read) return {ZmtpFault::protocol, "INITIATE with a property that is cut short"};
  if (!events_.is_allowed(client)) {
    append_zmtp_error(out, kNotAllowed);
    return {ZmtpFault::key, "its public key is not allowed"};
  }
  peer_ = std::move(*read);
  state_ = State::done;
  return {};
}

// libzmq compares C' only. Without S, another server that this client speaks with could pass the vouch on.
bool CurveServer::vouches(const CurveKey& client, Bytes vouch) const {
  CurveBox box;
  std::array<std::uint8_t, 2 * kCurveKeySize> plain;
  const CurveNonce nonce(kVouchNonce, vouch.first(kCurveRandomNonce));
  if (!box.agree(client, transient_.secret_key()) || !box.open(nonce, vouch.subspan(kCurveRandomNonce), plain))
    return false;
  const Bytes told = plain;
  return std::ranges::equal(told.first(kCurveKeySize), client_transient_) &&
         std::ranges::equal(told.subspan(kCurveKeySize), keys_.own_public);
}

void CurveServer::finish(std::string& out) {
  std::string properties;
  append_zmtp_properties(properties, own_);
  append_zmtp_frame_head(out, kZmtpCommand, kReadyLeast + properties.size());
  out += kReadyStart;
  const std::uint64_t counter = traffic_.next_counter();
  append_u64(out, counter);
  const std::size_t at = out.size();
  out.append(kCurveTag, '\0');
  out += properties;
  traffic_.box().close({kReadyNonce, counter}, out, at);
  transient_.wipe();
  std::string().swap(cookie_);
}

}  // namespace zeroway
