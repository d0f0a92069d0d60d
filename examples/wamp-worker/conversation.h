// What is said on one connection: a session after the other, each from HELLO to GOODBYE.
//
//     waiting ──HELLO──▶ joined ──GOODBYE──▶ waiting
//        │                 │ ABORT, lost, a broken rule, shut_down()
//        └──HELLO refused or overdue, ABORT, lost, a broken rule, shut_down()──▶ over
//
// Owner: whoever accepts connections; destroying it is as lost().   Thread: the worker's.
// Not here: bytes (serializer.h), what a session does (realm.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "realms.h"

namespace wamp {

class Conversation final : public HelloWait::Waiter {
 public:
  // Whether a client may say who it is: a router has checked that, and lets no client say it itself.
  enum class Names : bool { are_ours, are_of_the_router };
  // Both outlive the conversation, which begins now.
  Conversation(Realms& realms, Transport& transport, Time now, Names names = Names::are_ours)
      : realms_(realms), transport_(transport), names_(names) {
    wait(now);
  }
  ~Conversation() override { lost(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // A message of the client. Ignored when the conversation is over.
  void hear(Value value, Time now);
  // The client broke a rule: it gets ABORT, and the connection is closed with 1002.
  void break_off(const std::string& rule);
  // The worker leaves: a session ends with GOODBYE, and the connection is closed with 1001.
  void shut_down();
  // The connection is gone.
  void lost();
  void hello_is_overdue() override;

  [[nodiscard]] bool is_over() const { return state_ == State::over; }
  // The session, or 0 when none has joined.
  [[nodiscard]] Id session() const { return session_; }

 private:
  enum class State : std::uint8_t { waiting, joined, over };

  void wait(Time now);
  void hear_waiting(const Message& message);
  void hear_joined(Message message, Time now);
  void welcome(const Message& hello);
  void abort(std::string_view reason, const std::string& text, int close_code);
  void end(int close_code, std::string_view reason);
  void leave();

  Realms& realms_;
  Transport& transport_;
  const Names names_;
  State state_ = State::waiting;
  Time hello_until_{};      // when waiting
  Realm* realm_ = nullptr;  // of the session
  Id session_ = 0;
};

}  // namespace wamp
