// One client's way into a session: from its HELLO, by CHALLENGE and AUTHENTICATE, to who it is.
//
//                HELLO               AUTHENTICATE that is a proof
//     expecting ──────▶ challenged ──────────────────────────────▶ admitted
//         │  └───────── nothing has to be proven ──────────────────▲
//         └── refused ──▶ over ◀── refused, too late, another message ──┘ (from challenged)
//
// Driven so: hello() with the client's HELLO; while is_challenged(), each message of the client goes to authenticate(),
// and expire() is called at deadline(). A verdict's message is for the client; behind every one but `challenged` and
// `admitted` its transport is closed. Admitted, the backend of admission().realm is opened with backend_hello(), and
// its WELCOME goes through client_welcome(). A next session on the transport has an AuthSession of its own.
//
// Owner: the client's stream.   Thread: one loop.
// Everything is in the client's serializer. Not here: streams, time, translation.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "router/wamp/auth/doorkeeper.h"

namespace zeroway {

using WampTime = std::chrono::steady_clock::time_point;

struct AuthNow {
  WampTime time;
  WampWallTime wall;
};

struct AuthVerdict {
  enum class Kind : std::uint8_t {
    challenged,  // `message` is CHALLENGE
    admitted,    // no message
    refused,     // `message` is ABORT; close code 1000
    violation,   // `message` is ABORT; close code 1002
    left         // the client has said ABORT, and wants no answer
  };
  Kind kind = Kind::violation;
  std::string message{};
  std::string detail{};  // for the log: what was wrong, without a secret
};

class AuthSession {
 public:
  // `doorkeeper` outlives this object.
  AuthSession(const Doorkeeper& doorkeeper, Serializer serializer, AuthClient client)
      : doorkeeper_(doorkeeper), serializer_(serializer), client_(std::move(client)) {}

  // Once, before all others.
  [[nodiscard]] AuthVerdict hello(Bytes message, AuthNow now);
  // Any message, at any stage: only AUTHENTICATE or ABORT while challenged is none too many.
  [[nodiscard]] AuthVerdict authenticate(Bytes message, AuthNow now);
  // AUTHENTICATE has not come by the deadline.
  [[nodiscard]] AuthVerdict expire();

  // A message of a client that was admitted, on its way to the backend: GOODBYE may be a logout.
  void look_at(Bytes message) const;

  [[nodiscard]] bool is_challenged() const { return stage_ == Stage::challenged; }
  [[nodiscard]] bool is_admitted() const { return stage_ == Stage::admitted; }
  // Of a challenge.
  [[nodiscard]] WampTime deadline() const { return deadline_; }
  // Who was admitted.
  [[nodiscard]] const WampAdmission& admission() const { return admission_; }

  // The client's HELLO as its backend gets it. Empty when it cannot be written: it was not admitted.
  [[nodiscard]] std::string backend_hello(Bytes hello) const;
  // WELCOME as the client gets it. Empty when `welcome` is none.
  [[nodiscard]] std::string client_welcome(Bytes welcome) const;

 private:
  enum class Stage : std::uint8_t { expecting, challenged, admitted, over };

  [[nodiscard]] AuthVerdict decide(MethodAnswer answer, AuthNow now);
  [[nodiscard]] AuthVerdict admit(WampAdmission admission, AuthNow now);
  [[nodiscard]] AuthVerdict challenge(std::unique_ptr<PendingProof> proof, AuthNow now);
  [[nodiscard]] AuthVerdict refuse(std::string_view reason, std::string_view message);
  [[nodiscard]] AuthVerdict violate(std::string_view what);

  const Doorkeeper& doorkeeper_;
  const Serializer serializer_;
  const AuthClient client_;
  Stage stage_ = Stage::expecting;
  AuthHello hello_;
  std::unique_ptr<PendingProof> proof_;  // of the challenge
  WampTime deadline_{};
  WampAdmission admission_;
};

}  // namespace zeroway
