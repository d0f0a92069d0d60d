// One way in which a client shows who it is: what is answered to its HELLO, and whether its AUTHENTICATE is a proof.
//
//     hello ─┬─ not for this client ────▶ the next of its methods
//            ├─ refused
//            ├─ admitted: nothing has to be proven (anonymous, tls, cookie)
//            └─ a PendingProof: CHALLENGE ──AUTHENTICATE──▶ accepts? ─┬─ yes: admitted
//                                                                     └─ no: refused
//
// Owner: the doorkeeper has the methods, a session its proof.   Thread: one loop; methods never change.
// No answer, and no time that it takes, tells whether somebody of that authid exists: who is unknown is challenged as
// if he were known (stand_in.h). Not here: the messages (auth_session.h).
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "router/plan/wamp_auth_spec.h"
#include "router/wamp/auth/admission.h"
#include "router/wamp/auth/auth_crypto.h"
#include "router/wamp/auth/auth_messages.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

using WampWallTime = std::chrono::system_clock::time_point;

// What the transport knows of the client.
struct AuthClient {
  std::string cookie;       // the one that it has from us; "" = none
  std::string subject;      // of its verified certificate, as RFC 4514 writes it; "" = it has shown none
  std::string fingerprint;  // SHA-256 of that certificate, hex
  std::string certificate;  // that certificate, base64
};

struct AuthQuestion {
  const AuthHello& hello;
  const AuthClient& client;
  WampWallTime wall;
  const RandomBytes& random;
};

// What the client was asked, for one AUTHENTICATE.
class PendingProof {
 public:
  virtual ~PendingProof() = default;
  [[nodiscard]] virtual std::string_view method() const = 0;
  // The entries of the CHALLENGE's extra.
  virtual void say_challenge(ValueSink& to) const = 0;
  // Who the client is, if `signature` shows it.
  [[nodiscard]] virtual std::optional<WampAdmission> accept(std::string_view signature) = 0;
};

struct NextMethod {};

struct AuthRefusal {
  std::string_view reason;  // a URI
  std::string message;      // for the client
};

using MethodAnswer = std::variant<NextMethod, AuthRefusal, WampAdmission, std::unique_ptr<PendingProof>>;

class AuthMethod {
 public:
  virtual ~AuthMethod() = default;
  // As `authmethods` calls it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual MethodAnswer hello(const AuthQuestion& question) const = 0;
};

namespace auth_error {
inline constexpr std::string_view kFailed = "wamp.error.authentication_failed";
inline constexpr std::string_view kNoMethod = "wamp.error.no_auth_method";
inline constexpr std::string_view kNoSuchRealm = "wamp.error.no_such_realm";
}  // namespace auth_error

// Who joins as `who`, of whom HELLO says `hello`: the realm is the principal's, else that of HELLO.
[[nodiscard]] WampAdmission admission_of(const WampPrincipal& who, const AuthHello& hello, std::string_view method);

// For a client that wants its proof bound to the channel of its TLS.
[[nodiscard]] AuthRefusal no_channel_binding();

[[nodiscard]] std::unique_ptr<AuthMethod> make_anonymous_auth(const AnonymousSpec& spec);
[[nodiscard]] std::unique_ptr<AuthMethod> make_ticket_auth(const std::vector<TicketSpec>& principals);
[[nodiscard]] std::unique_ptr<AuthMethod> make_cra_auth(const std::vector<CraSpec>& principals);
[[nodiscard]] std::unique_ptr<AuthMethod> make_scram_auth(const std::vector<ScramSpec>& principals);
[[nodiscard]] std::unique_ptr<AuthMethod> make_cryptosign_auth(const std::vector<CryptosignSpec>& principals);
[[nodiscard]] std::unique_ptr<AuthMethod> make_tls_auth(const std::vector<CertificateLoginSpec>& principals);

}  // namespace zeroway
