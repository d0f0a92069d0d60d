// Translates WAMP messages from one serializer to another: value by value, so that everything that their formats can
// both say arrives as it was, known or not.
//
//     message ──reader──▶ watch ──writer──▶ translated        no tree: a value is written while the next is read
//
// Owner: one for each loop; it keeps nothing but memory.   Thread: that loop.
// Each format has a reader and a writer of ours, because no library is exact and says events: see README.md beside
// this. Not here: what follows when a message has no translation (its caller).
#pragma once
#include <cstddef>
#include <string>

#include "proto/bytes.h"
#include "proto/serializer.h"
#include "router/wamp/cbor_writer.h"
#include "router/wamp/json_writer.h"
#include "router/wamp/message_watch.h"
#include "router/wamp/msgpack_writer.h"

namespace zeroway {

class Translator {
 public:
  // Appends `message`, of at most `most` bytes, to `out`. Otherwise what is wrong: `out` then is as it was.
  [[nodiscard]] MaybeValueError translate(Serializer from, Serializer to, Bytes message, std::size_t most,
                                          std::string& out);
  // Of the last message, also of one that has no translation, as far as it was read.
  [[nodiscard]] const MessageFacts& facts() const { return watch_.facts(); }

 private:
  [[nodiscard]] ValueWriter& writer_of(Serializer serializer);

  JsonWriter json_;
  MsgpackWriter msgpack_;
  CborWriter cbor_;
  MessageWatch watch_;
};

// Says all of `message` to `to`, or what is wrong.
[[nodiscard]] MaybeValueError read_value(Serializer from, Bytes message, ValueSink& to);

}  // namespace zeroway
