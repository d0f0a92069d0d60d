// CURVE as RFC 26 describes it, built on libsodium alone and not on the code under test: each side's commands, as
// bodies of frames, with fixed keys for the connection. What it sends may be wrong where a test wants it.
#pragma once
#include <sodium.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/zmtp/curve_keys.h"
#include "tests/zmtp/curve_pairs.h"
#include "tests/zmtp/zmtp_bytes.h"

namespace zeroway::test {

inline std::string nonce_of(std::string_view prefix, std::uint64_t counter) {
  return std::string(prefix) + big_endian(counter, 8);
}

inline const std::uint8_t* raw(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

using AgreedKey = std::array<std::uint8_t, 32>;

// crypto_box is slow only where two sides agree on a key: that is kept for the pair that was asked last.
inline const AgreedKey* agreed_key(std::string_view public_key, const CurveKey& secret_key) {
  static std::string of_whom;
  static AgreedKey key;
  const std::string whom = std::string(public_key) + std::string(as_text(secret_key));
  if (whom == of_whom) return &key;
  of_whom.clear();
  if (crypto_box_beforenm(key.data(), raw(public_key), secret_key.data()) != 0) return nullptr;
  of_whom = whom;
  return &key;
}

inline std::string box_of(std::string_view plain, std::string_view nonce, std::string_view public_key,
                          const CurveKey& secret_key) {
  std::string box(plain.size() + 16, '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(box.data());
  const AgreedKey* key = agreed_key(public_key, secret_key);
  if (key == nullptr || crypto_box_easy_afternm(out, raw(plain), plain.size(), raw(nonce), key->data()) != 0) return "";
  return box;
}

// Nothing when it does not open.
inline std::optional<std::string> unboxed(std::string_view box, std::string_view nonce, std::string_view public_key,
                                          const CurveKey& secret_key) {
  if (box.size() < 16) return std::nullopt;
  std::string plain(box.size() - 16, '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(plain.data());
  const AgreedKey* key = agreed_key(public_key, secret_key);
  if (key == nullptr || crypto_box_open_easy_afternm(out, raw(box), box.size(), raw(nonce), key->data()) != 0)
    return std::nullopt;
  return plain;
}

// Traffic, which is the same for both sides but for the prefixes of the nonces.
struct CurveTrafficByHand {
  std::string own_prefix, peer_prefix;
  CurveKeys transient{};  // ours
  std::string peer_transient{};
  std::uint64_t counter = 0;  // of the last box that we sent

  [[nodiscard]] std::string message(std::string_view flags_and_payload) {
    ++counter;
    return command_of("MESSAGE", big_endian(counter, 8) + box_of(flags_and_payload, nonce_of(own_prefix, counter),
                                                                 peer_transient, transient.own_secret));
  }
  // Flags and payload.
  [[nodiscard]] std::optional<std::string> opened(std::string_view body) const {
    if (body.size() < 32 || body.substr(0, 8) != "\x07MESSAGE") return std::nullopt;
    return unboxed(body.substr(16), peer_prefix + std::string(body.substr(8, 8)), peer_transient, transient.own_secret);
  }
};

struct CurveClientByHand {
  CurveKeys keys = curve_client_keys();
  CurveTrafficByHand traffic{
      .own_prefix = "CurveZMQMESSAGEC", .peer_prefix = "CurveZMQMESSAGES", .transient = curve_pair(3)};
  std::string metadata = metadata_of("DEALER", "bob");
  std::string cookie{};
  // What is inside, when it is another than the rules say.
  std::optional<std::string> vouch_plain{};
  std::optional<CurveKey> vouch_secret{};

  [[nodiscard]] std::string own_transient() const { return std::string(as_text(traffic.transient.own_public)); }
  [[nodiscard]] std::string server() const { return std::string(as_text(keys.server)); }

  [[nodiscard]] std::string hello() {
    ++traffic.counter;
    return command_of("HELLO", std::string("\1\0", 2) + std::string(72, '\0') + own_transient() +
                                   big_endian(traffic.counter, 8) +
                                   box_of(std::string(64, '\0'), nonce_of("CurveZMQHELLO---", traffic.counter),
                                          server(), traffic.transient.own_secret));
  }
  [[nodiscard]] bool take_welcome(std::string_view body) {
    if (body.size() != 168 || body.substr(0, 8) != "\x07WELCOME") return false;
    const auto plain =
        unboxed(body.substr(24), "WELCOME-" + std::string(body.substr(8, 16)), server(), traffic.transient.own_secret);
    if (!plain) return false;
    traffic.peer_transient = plain->substr(0, 32);
    cookie = plain->substr(32);
    return cookie.size() == 96;
  }
  [[nodiscard]] std::string vouch() const {
    const std::string random(16, 'r');
    return random + box_of(vouch_plain.value_or(own_transient() + server()), "VOUCH---" + random,
                           traffic.peer_transient, vouch_secret.value_or(keys.own_secret));
  }
  [[nodiscard]] std::string initiate() {
    ++traffic.counter;
    const std::string plain = std::string(as_text(keys.own_public)) + vouch() + metadata;
    return command_of("INITIATE", cookie + big_endian(traffic.counter, 8) +
                                      box_of(plain, nonce_of("CurveZMQINITIATE", traffic.counter),
                                             traffic.peer_transient, traffic.transient.own_secret));
  }
  // The server's properties.
  [[nodiscard]] std::optional<std::string> opened_ready(std::string_view body) const {
    if (body.size() < 30 || body.substr(0, 6) != "\x05READY") return std::nullopt;
    return unboxed(body.substr(14), "CurveZMQREADY---" + std::string(body.substr(6, 8)), traffic.peer_transient,
                   traffic.transient.own_secret);
  }
};

struct CurveServerByHand {
  CurveKeys keys = curve_server_keys();
  CurveTrafficByHand traffic{
      .own_prefix = "CurveZMQMESSAGES", .peer_prefix = "CurveZMQMESSAGEC", .transient = curve_pair(4)};
  std::string cookie = std::string(96, 'c');
  std::string metadata = metadata_of("ROUTER", "");
  std::string client{}, vouch{}, client_metadata{};  // as INITIATE said

  [[nodiscard]] bool take_hello(std::string_view body) {
    if (body.size() != 200 || body.substr(0, 80) != std::string("\x05HELLO\1\0", 8) + std::string(72, '\0'))
      return false;
    traffic.peer_transient = body.substr(80, 32);
    return unboxed(body.substr(120), "CurveZMQHELLO---" + std::string(body.substr(112, 8)), traffic.peer_transient,
                   keys.own_secret) == std::string(64, '\0');
  }
  [[nodiscard]] std::string welcome() const {
    const std::string random(16, 'w');
    const std::string plain = std::string(as_text(traffic.transient.own_public)) + cookie;
    return command_of("WELCOME", random + box_of(plain, "WELCOME-" + random, traffic.peer_transient, keys.own_secret));
  }
  // Whether it is one, with a vouch for C' and S.
  [[nodiscard]] bool take_initiate(std::string_view body) {
    if (body.size() < 257 || body.substr(0, 9) != "\x08INITIATE" || body.substr(9, 96) != cookie) return false;
    const auto plain = unboxed(body.substr(113), "CurveZMQINITIATE" + std::string(body.substr(105, 8)),
                               traffic.peer_transient, traffic.transient.own_secret);
    if (!plain) return false;
    client = plain->substr(0, 32);
    vouch = plain->substr(32, 96);
    client_metadata = plain->substr(128);
    return unboxed(vouch.substr(16), "VOUCH---" + vouch.substr(0, 16), client, traffic.transient.own_secret) ==
           traffic.peer_transient + std::string(as_text(keys.own_public));
  }
  [[nodiscard]] std::string ready() {
    ++traffic.counter;
    return command_of("READY",
                      big_endian(traffic.counter, 8) + box_of(metadata, nonce_of("CurveZMQREADY---", traffic.counter),
                                                              traffic.peer_transient, traffic.transient.own_secret));
  }
};

}  // namespace zeroway::test
