// A client in front of a doorkeeper, with a clock and random bytes that a test knows.
//
// Owner: the test.   Thread: any.
// Verdicts are text: "challenged MESSAGE", "admitted REALM AUTHID ROLE METHOD PROVIDER", "refused MESSAGE", …
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "router/wamp/auth/auth_session.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway::test {

// The bytes 3, 10, 17, …: those of which the answers of Autobahn in these tests were made.
inline std::string known_random(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<char>(i * 7 + 3));
  return bytes;
}

inline constexpr AuthNow kAuthNow{WampTime(std::chrono::seconds(1'000)),
                                  WampWallTime(std::chrono::milliseconds(1'772'368'496'789))};  // 2026-03-01 12:34:56
inline AuthNow auth_later(std::chrono::seconds by) { return {kAuthNow.time + by, kAuthNow.wall + by}; }

class AuthCase {
 public:
  explicit AuthCase(const WampAuthSpec& spec, AuthClient client = {}, Serializer serializer = Serializer::json)
      : cookies_(spec.cookie ? std::make_unique<CookieStore>() : nullptr),
        doorkeeper_(spec, cookies_.get(), known_random),
        client_(std::move(client)),
        serializer_(serializer) {
    begin();
  }

  // Another session, on a transport of the same client.
  void begin() { session_ = std::make_unique<AuthSession>(doorkeeper_, serializer_, client_); }
  std::string hello(std::string_view message, AuthNow now = kAuthNow) {
    return text_of(session_->hello(as_bytes(message), now));
  }
  std::string authenticate(std::string_view message, AuthNow now = kAuthNow) {
    return text_of(session_->authenticate(as_bytes(message), now));
  }
  [[nodiscard]] AuthSession& session() { return *session_; }
  [[nodiscard]] std::string log() const { return detail_; }
  [[nodiscard]] CookieStore& cookies() { return *cookies_; }

 private:
  std::string text_of(const AuthVerdict& verdict) {
    detail_ = verdict.detail;
    switch (verdict.kind) {
      case AuthVerdict::Kind::challenged:
        return "challenged " + verdict.message;
      case AuthVerdict::Kind::admitted:
        break;
      case AuthVerdict::Kind::refused:
        return "refused " + verdict.message;
      case AuthVerdict::Kind::violation:
        return "violation " + verdict.message;
      case AuthVerdict::Kind::left:
        return "left";
    }
    const WampAdmission& who = session_->admission();
    return "admitted " + who.realm + ' ' + who.authid + ' ' + who.role + ' ' + who.method + ' ' + who.provider;
  }

  std::unique_ptr<CookieStore> cookies_;
  Doorkeeper doorkeeper_;
  const AuthClient client_;
  const Serializer serializer_;
  std::unique_ptr<AuthSession> session_;
  std::string detail_;
};

inline std::string hello_of(const std::string& methods, const std::string& more = "") {
  return R"([1,"realm1",{"roles":{"caller":{}},"authmethods":[)" + methods + ']' + (more.empty() ? "" : "," + more) +
         "}]";
}
inline std::string answer_of(const std::string& signature) { return R"([5,")" + signature + R"(",{}])"; }

inline constexpr std::string_view kWrong =
    R"(refused [3,{"message":"the client has not shown who it is"},"wamp.error.authentication_failed"])";

}  // namespace zeroway::test
