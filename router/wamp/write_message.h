// Writes messages that the router says itself.
//
// Owner: nobody; a free functions.   Thread: any.
// Not here: which messages there are (own_messages.h, auth/auth_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/serializer.h"
#include "router/wamp/translator.h"

namespace zeroway {

// The list that `say`, a function of ValueSink&, says: between begin_list() and end().
template <class Say>
[[nodiscard]] std::string write_message(Serializer serializer, Say say) {
  constexpr std::size_t kAnySize = ~std::size_t{0};
  JsonWriter json;
  MsgpackWriter msgpack;
  CborWriter cbor;
  ValueWriter* const writers[] = {&json, &msgpack, &cbor};
  ValueWriter& writer = *writers[static_cast<std::size_t>(serializer)];
  std::string out;
  writer.begin(out, kAnySize);
  static_cast<void>(writer.begin_list());
  say(writer);
  static_cast<void>(writer.end());
  static_cast<void>(writer.finish());
  return out;
}

// One entry of a map, said to a writer: of any size, so that it takes all.
inline void say_text(ValueSink& to, std::string_view key, std::string_view text) {
  static_cast<void>(to.key(key));
  static_cast<void>(to.text(text));
}
inline void say_number(ValueSink& to, std::string_view key, std::uint64_t number) {
  static_cast<void>(to.key(key));
  static_cast<void>(to.natural(number));
}

}  // namespace zeroway
