// Where a session is, by the types of the messages that pass.
//
//                 HELLO            WELCOME           GOODBYE              GOODBYE of the other
//     expecting ─────────▶ opening ───────▶ open ─────────────▶ closing ─────────────────────▶ expecting
//                             └── ABORT of either side, from anywhere ──▶ over ◀──┘
//
// Owner: the session's stream.   Thread: one loop.
// Behind two GOODBYEs the transport may carry another session (WAMP, "Transport and Session Lifetime").
// Not here: what ends a session (session_end.h), what the other types mean: they pass.
#pragma once
#include <cstdint>

namespace zeroway {

class SessionState {
 public:
  enum class Stage : std::uint8_t { expecting, opening, open, closing, over };
  enum class Verdict : bool { violation, passes };

  // A message of this type came. A violation changes nothing.
  [[nodiscard]] Verdict from_client(std::uint64_t type);
  [[nodiscard]] Verdict from_backend(std::uint64_t type);

  [[nodiscard]] Stage stage() const { return stage_; }
  // Whether the client has its WELCOME: then GOODBYE ends the session, before that ABORT does.
  [[nodiscard]] bool is_joined() const { return stage_ == Stage::open || stage_ == Stage::closing; }

 private:
  enum class Side : std::uint8_t { client, backend };
  [[nodiscard]] Verdict goodbye(Side side);
  Verdict enter(Stage stage) {
    stage_ = stage;
    return Verdict::passes;
  }

  Stage stage_ = Stage::expecting;
  Side leaving_ = Side::client;  // who said GOODBYE first, in `closing`
};

}  // namespace zeroway
