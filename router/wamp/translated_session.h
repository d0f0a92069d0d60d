// One client's sessions on one transport: what passes between the client and the backend, each in its own serializer.
//
//     client ──message──▶ judged, translated ──▶ backend        and back
//                 └── or an answer to the sender, or nothing, or an end (session_end.h)
//
// Owner: the stream of the client.   Thread: one loop.
// Between two sides of one serializer messages pass as they are, byte by byte. It opens nothing and sends nothing: the
// caller does what it is told. Not here: credit, streams, who serves a realm.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "proto/stream_sink.h"
#include "router/wamp/failed_message.h"
#include "router/wamp/session_end.h"
#include "router/wamp/session_state.h"
#include "router/wamp/translator.h"

namespace zeroway {

// What is to be done with a message.
struct Passage {
  enum class Action : std::uint8_t {
    open,        // a backend for `realm`: the message is its HELLO, see hello()
    to_client,   // `bytes`
    to_backend,  // `bytes`
    nothing,     // the message is dropped, or was for the router alone
    end          // both sides are told why, see end_for_client() and end_for_backend()
  };
  Action action = Action::nothing;
  Bytes bytes{};  // good until the next message
  std::string realm{};
  SessionEnd why = SessionEnd::shutdown;  // of an end
  std::string_view detail{};              // of an end, for people
};

class TranslatedSession {
 public:
  // `translator` outlives this object; its memory is shared by all sessions of a loop. `most`: bytes of the longest
  // message that the client takes.
  TranslatedSession(Translator& translator, Serializer client, std::size_t most)
      : translator_(translator), client_(client), backend_(client), most_client_(most) {}

  // Whole messages. The client's second one may come before the backend is there: it is a violation then.
  [[nodiscard]] Passage from_client(Bytes message, MessageKind kind);
  [[nodiscard]] Passage from_backend(Bytes message, MessageKind kind);
  // The backend is there, speaks `backend` and takes messages of up to `most` bytes: the HELLO of the client, for it.
  [[nodiscard]] Passage hello(Bytes message, Serializer backend, std::size_t most);

  [[nodiscard]] Joined joined() const { return state_.is_joined() ? Joined::yes : Joined::no; }
  // Nothing more may come from either side: ABORT has passed.
  [[nodiscard]] bool is_over() const { return state_.stage() == SessionState::Stage::over; }
  // No session is there: the client has not begun, or both sides have said GOODBYE.
  [[nodiscard]] bool is_between() const { return state_.stage() == SessionState::Stage::expecting; }
  // One side has said GOODBYE.
  [[nodiscard]] bool is_closing() const { return state_.stage() == SessionState::Stage::closing; }
  [[nodiscard]] Serializer client() const { return client_; }
  [[nodiscard]] Serializer backend() const { return backend_; }

 private:
  [[nodiscard]] Passage first(Bytes message);
  [[nodiscard]] Passage pass(Sender sender, Bytes message);
  [[nodiscard]] Passage failed(Sender sender, ValueError error);
  [[nodiscard]] Passage violation(Sender sender, std::string_view detail) const;
  [[nodiscard]] bool may_come(Sender sender, std::uint64_t type);

  Translator& translator_;
  Serializer client_;
  Serializer backend_;
  std::size_t most_client_;
  std::size_t most_backend_ = std::numeric_limits<std::size_t>::max();  // until hello() says it
  SessionState state_;
  std::string out_;
};

}  // namespace zeroway
