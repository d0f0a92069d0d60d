// One client's way into a session: from its HELLO, perhaps by CHALLENGE and AUTHENTICATE, to a backend that takes it.
//
//     outside ── HELLO ──▶ (challenged ──▶) asking ── take_hello(): a backend has taken the session ──▶ inside
//        ▲                      └── refused       └── ask() again, as often as the route retries          │
//        └────────────────────────────────────── forget() ────────────────────────────────────────────────┘
//
// Owner: WampSession.   Thread: one loop.
// Not here: what passes behind WELCOME (wamp/translated_session.h), the transport and its times (wamp_session.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/backends/wamp/outgoing_messages.h"
#include "router/backends/wamp/wamp_parts.h"
#include "router/observe/wamp_session_facts.h"
#include "router/wamp/auth/auth_session.h"
#include "router/wamp/translated_session.h"

namespace zeroway {

// What is to be done for a client that joins.
struct JoinStep {
  enum class Kind : std::uint8_t {
    challenge,  // `words.message` is for the client; its answer is to come in time
    ask,        // a backend: see WampJoining::ask()
    refuse,     // the client's transport ends with `words`
    violate,    // the same, because the client has broken the protocol
  };
  Kind kind = Kind::ask;
  Farewell words{};
};

class WampJoining {
 public:
  // `parts`, and what `request` names, outlive this object.
  WampJoining(WampParts& parts, Serializer client, const BackendRequest& request);

  // For the reply to the opening of the transport; "" = none.
  [[nodiscard]] const std::string& set_cookie() const { return guest_.set_cookie; }

  // The client's HELLO for `realm`. Without a door it goes to a backend; else the client shows first who it is.
  [[nodiscard]] JoinStep hello(const std::string& realm, Bytes message);
  // Whether the router itself has asked who the client of this session is.
  [[nodiscard]] bool has_asked() const { return auth_.has_value(); }
  [[nodiscard]] bool is_challenged() const { return auth_ && auth_->is_challenged(); }
  [[nodiscard]] std::chrono::milliseconds challenge_timeout() const;
  // Any message of a client whom the router has asked, until its WELCOME.
  [[nodiscard]] JoinStep authenticate(Bytes message);
  // A challenge is not answered in time.
  [[nodiscard]] JoinStep expire();

  // Asks whoever has the realm; null: nobody has it.
  [[nodiscard]] RealmStream* ask(RealmStreamEvents& events);
  [[nodiscard]] bool is_asking() const { return !hello_.empty(); }
  // The stream was lost so that another member may have the session: nothing of it has been said yet.
  [[nodiscard]] bool may_ask_again(const Error& error) const;
  // Nobody is asked again: for the log.
  void tell_refusal(const Error& error) const;
  // The backend has taken the session: the client's HELLO, for it.
  [[nodiscard]] std::string take_hello();
  [[nodiscard]] const RealmHost& host() const { return *host_; }
  // A message of the backend, before WELCOME, to a client whom the router has asked. Good until the next one.
  [[nodiscard]] Passage answer(Passage passage);

  // A message of a client whose session is open: it may log out.
  void look_at(Bytes message) const;
  // Whether the client was admitted by a login of this cookie, or by that which made it one.
  [[nodiscard]] bool is_login_of(std::string_view cookie) const;
  // The session is over, or its backend is left.
  void forget();
  // Who the client is.
  void tell_client(WampSessionFacts& facts) const;
  // The realm, and who takes its session; `stream` is there.
  void tell_realm(const RealmStream& stream, WampSessionFacts& facts) const;
  // Whether `stream` is at this worker or server, see WampBook::Client::is_at().
  [[nodiscard]] bool is_at(const RealmStream& stream, std::string_view member) const;

 private:
  [[nodiscard]] JoinStep choose(std::string realm, Bytes hello);
  [[nodiscard]] JoinStep refuse_proxy();
  [[nodiscard]] JoinStep step_of(AuthVerdict verdict);
  [[nodiscard]] Head head_for(const RealmHost& host) const;

  WampParts& parts_;
  const Serializer client_;
  const Route& route_;
  const ClientInfo& info_;
  const Head head_;                  // of the client's opening
  WampDoor::Guest guest_;            // with a door
  std::optional<AuthSession> auth_;  // of the session, from its HELLO on, with a door
  std::string realm_;                // the same, of who was admitted
  std::optional<RealmHost> host_;    // the same
  std::uint32_t attempts_ = 0;       // openings for this HELLO
  std::string hello_;                // until the backend has taken the session
  std::string welcome_;              // while it passes
};

}  // namespace zeroway
