#include "proto/zmtp/curve_client.h"

#include <array>

#include "proto/frame.h"
#include "proto/zmtp/curve_commands.h"
#include "proto/zmtp/zmtp_error.h"

namespace zeroway {

ZmtpFailure CurveClient::start(std::string& out) {
  transient_.make();
  if (!hello_box_.agree(keys_.server, transient_.secret_key()))
    return {ZmtpFault::key, "the server's public key that was given is none"};
  append_zmtp_frame_head(out, kZmtpCommand, kHelloSize);
  out += kHelloStart;
  out.append(kHelloPadding, '\0');
  out += as_text(transient_.public_key());
  const std::uint64_t counter = traffic_.next_counter();
  append_u64(out, counter);
  const std::size_t at = out.size();
  out.append(kCurveTag + kHelloZeros, '\0');
  hello_box_.close({kHelloNonce, counter}, out, at);
  return {};
}

ZmtpFailure CurveClient::command(Bytes body, std::string& out) {
  const auto command = read_zmtp_command(body);
  if (!command) return {ZmtpFault::protocol, "a malformed command in the handshake"};
  if (command->name == "ERROR") return zmtp_error_failure(command->data);
  if (state_ == State::hello && command->name == "WELCOME") return welcome(body, out);
  if (state_ == State::initiate && command->name == "READY") return ready(body);
  return {ZmtpFault::protocol, state_ == State::hello ? "another command than WELCOME in the handshake"
                                                      : "another command than READY in the handshake"};
}

ZmtpFailure CurveClient::welcome(Bytes body, std::string& out) {
  if (body.size() != kWelcomeSize) return {ZmtpFault::protocol, "WELCOME has a wrong size"};
  std::array<std::uint8_t, kWelcomePlain> plain;
  const CurveNonce nonce(kWelcomeNonce, body.subspan(kWelcomeStart.size(), kCurveRandomNonce));
  if (!hello_box_.open(nonce, body.subspan(kWelcomeBoxAt), plain))
    return {ZmtpFault::key, "its WELCOME does not open with the server's public key that was given"};
  const Bytes told = plain;
  return initiate(told.subspan(kCurveKeySize), read_curve_key(told), out);
}

ZmtpFailure CurveClient::initiate(Bytes cookie, const CurveKey& server_transient, std::string& out) {
  CurveBox vouch_box;
  if (!traffic_.box().agree(server_transient, transient_.secret_key()) ||
      !vouch_box.agree(server_transient, keys_.own_secret))
    return {ZmtpFault::protocol, "WELCOME has a key that is none"};
  std::string properties;
  append_zmtp_properties(properties, own_);
  append_zmtp_frame_head(out, kZmtpCommand, kInitiateLeast + properties.size());
  out += kInitiateStart;
  out += as_text(cookie);
  const std::uint64_t counter = traffic_.next_counter();
  append_u64(out, counter);
  const std::size_t at = out.size();
  out.append(kCurveTag, '\0');
  out += as_text(keys_.own_public);
  append_vouch(vouch_box, out);
  out += properties;
  traffic_.box().close({kInitiateNonce, counter}, out, at);
  state_ = State::initiate;
  return {};
}

// Says that the owner of C speaks with C', and with S: no other server can pass it on.
void CurveClient::append_vouch(const CurveBox& box, std::string& out) const {
  std::string random;
  append_curve_random(random, kCurveRandomNonce);
  out += random;
  const std::size_t at = out.size();
  out.append(kCurveTag, '\0');
  out += as_text(transient_.public_key());
  out += as_text(keys_.server);
  box.close({kVouchNonce, as_bytes(random)}, out, at);
}

ZmtpFailure CurveClient::ready(Bytes body) {
  if (body.size() < kReadyLeast) return {ZmtpFault::protocol, "READY is too short"};
  const std::uint64_t counter = read_u64(body.subspan(kReadyStart.size()).data());
  const Bytes box = body.subspan(kReadyBoxAt);
  std::string plain(box.size() - kCurveTag, '\0');
  const std::span inside(reinterpret_cast<std::uint8_t*>(plain.data()), plain.size());
  if (!traffic_.box().open({kReadyNonce, counter}, box, inside))
    return {ZmtpFault::protocol, "its READY does not open"};
  if (!traffic_.take_counter(counter)) return {ZmtpFault::protocol, "READY has the counter 0"};
  auto read = read_zmtp_properties(as_bytes(plain));
  if (!read) return {ZmtpFault::protocol, "READY with a property that is cut short"};
  peer_ = std::move(*read);
  transient_.wipe();
  hello_box_.wipe();
  state_ = State::done;
  return {};
}

}  // namespace zeroway
