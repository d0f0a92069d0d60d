// One client's transport of WAMP, and the stream of its session to the realm's backend.
//
//     waiting ── HELLO ──▶ (challenged ──▶) asking ── the backend takes it ──▶ open ── GOODBYE both ways ──▶ waiting
//        └── nothing in time      └── nobody does             └── ABORT, violation, lost, the router leaves
//                └───────────────────────┴───────────────────────┴──▶ over: each side is told why (wamp/session_end.h)
//
// Owner: WampBackend.   Thread: one loop.
// A side that does not take its messages holds up the other one by credit: at most one message beyond the windows
// waits. Not here: the way into a session (backends/wamp/wamp_joining.h), what passes (wamp/translated_session.h).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/backends/wamp/gathered_message.h"
#include "router/backends/wamp/outgoing_messages.h"
#include "router/backends/wamp/wamp_joining.h"
#include "router/backends/wamp/wamp_parts.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"
#include "router/wamp/translated_session.h"

namespace zeroway {

// How a backend has closed a session's stream.
struct BackendClose {
  std::uint16_t code;
  std::string reason;
};

class WampSession final : public WampBook::Client, private RealmStreamEvents, private OutgoingMessages::Receiver {
 public:
  // `parts` outlives this object. `over` is called once: the object may be destroyed at the end of the turn.
  WampSession(WampParts& parts, Serializer client, const BackendRequest& request, ReplyTo reply_to,
              std::function<void()> over);
  ~WampSession();

  // The client's transport is accepted: `has_subprotocol`, the reply names it.
  void accept(bool has_subprotocol);

  // The client's verbs.
  void piece(Bytes bytes, MessageKind kind, Last last);
  void closed();
  void reset();
  void credit(std::uint32_t bytes);

  // The router leaves.
  void shut_down();
  // Whether its session goes on by this cookie's login.
  [[nodiscard]] bool is_login_of(std::string_view cookie) const;
  // Another session of the login has said that it is over.
  void log_out();

  // WampBook::Client
  [[nodiscard]] WampSessionFacts facts() const override;
  [[nodiscard]] bool is_at(std::string_view member) const override;
  void close() override;

 private:
  // RealmStreamEvents
  void realm_opened() override;
  void realm_message(Bytes message, MessageKind kind) override;
  void realm_message_too_large() override;
  void realm_has_room() override;
  void realm_closed(std::uint16_t code, const std::string& reason) override;
  void realm_lost(const Error& error) override;
  // OutgoingMessages::Receiver, of the client
  void take_piece(Bytes bytes, MessageKind kind, Last last) override;
  void take_end(std::uint16_t code, const std::string& reason) override;

  void client_message(Bytes message, MessageKind kind);
  void take(JoinStep step);
  void ask_realm();
  void act(const Passage& passage, Bytes message);
  void look_at_state(Sender from);
  void leave();
  void await_close();
  // `close`: what the backend has said to the client at its end; none = nothing of its own.
  void end(SessionEnd why, std::string_view detail, std::optional<BackendClose> close = std::nullopt);
  void count_end(SessionEnd why);
  void leave_realm(Farewell farewell);
  void end_client(Farewell farewell);
  [[nodiscard]] Farewell words_for_client(SessionEnd why, std::string_view detail) const;
  [[nodiscard]] Farewell words_for_backend(SessionEnd why) const;
  void await_hello(std::chrono::milliseconds time);
  void expire();
  void take_owed();
  void finish();
  [[nodiscard]] WampSessionFacts::State state() const;
  [[nodiscard]] std::size_t most_from_client() const;
  [[nodiscard]] std::size_t most_for_client() const;

  WampParts& parts_;
  WampBook::Place place_;  // 0 once the transport is over
  ReplyTo reply_to_;
  std::function<void()> over_;
  const Route& route_;
  const ClientInfo& client_;
  TranslatedSession session_;
  WampJoining joining_;
  RealmStream* realm_ = nullptr;  // null: no session
  OutgoingMessages outgoing_{*this};
  GatheredMessage incoming_;
  WampTraffic from_client_, to_client_;
  std::uint32_t owed_ = 0;  // credit for the client
  bool is_welcomed_ = false;
  bool has_begun_ = false;   // a HELLO has come, now or before
  bool is_aborted_ = false;  // by the backend: its close is to come
  bool is_over_ = false;
  Timer timer_;
};

}  // namespace zeroway
