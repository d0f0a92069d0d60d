// What readers of MessagePack and CBOR have in common: the order of keys and values, and what is wrong.
//
//     item? ──list, map──▶ one level deeper ──its last item, a break──▶ one level up ──▶ item?
//
// Owner: read_msgpack() and read_cbor(), for one message.   Thread: any.
// Inline, because it runs for each item: measured, that saves a tenth to a quarter of the time of reading.
// Not here: how an item is written (msgpack_reader.h, cbor_reader.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "router/http/utf8.h"
#include "router/wamp/big_integer.h"
#include "router/wamp/byte_input.h"
#include "router/wamp/open_values.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

class BinaryReader {
 protected:
  BinaryReader(Bytes message, ValueSink& to) : input_(message), to_(to) {}

  // Reads all by `read_item`, which reads one item, and of a list or a map only its beginning: depth costs no stack.
  template <class ReadItem>
  [[nodiscard]] MaybeValueError read_all(ReadItem read_item) {
    do {
      if (!read_item()) return error_;
      while (!open_.is_empty() && open_.is_complete())
        if (!close()) return error_;
    } while (!open_.is_empty());
    if (input_.left() > 0) static_cast<void>(fail(ValueFault::malformed, "more behind the value"));
    return error_;
  }

  // Items, each as a key or as a value: whatever comes next.
  [[nodiscard]] bool say_null() { return begin_value() && told(to_.null()); }
  [[nodiscard]] bool say_boolean(bool value) { return begin_value() && told(to_.boolean(value)); }
  [[nodiscard]] bool say_natural(std::uint64_t value) {
    if (open_.expects_key()) return say_key(std::to_string(value));
    return begin_value() && told(to_.natural(value));
  }
  // The integer -1 - value.
  [[nodiscard]] bool say_negative(std::uint64_t value) {
    if (open_.expects_key()) return say_negative_key(value);
    return begin_value() && told(to_.negative(value));
  }
  [[nodiscard]] bool say_big(Sign sign, Bytes magnitude) {
    return begin_value() && told(say_integer(to_, sign, magnitude));
  }
  [[nodiscard]] bool say_real(double value) { return begin_value() && told(to_.real(value)); }
  [[nodiscard]] bool say_text(Bytes text) {
    if (!is_utf8(text)) return fail(ValueFault::not_utf8, "a string that is not UTF-8");
    if (open_.expects_key()) return say_key(as_text(text));
    return begin_value() && told(to_.text(as_text(text)));
  }
  [[nodiscard]] bool say_binary(Bytes bytes) { return begin_value() && told(to_.binary(bytes)); }
  // A list of `count` values or a map of so many pairs; OpenValues::kUntilBreak = as many as come.
  [[nodiscard]] bool open(bool is_map, std::uint64_t count);
  [[nodiscard]] bool say_break();

  [[nodiscard]] bool fail(ValueFault fault, const char* what);
  [[nodiscard]] bool cut_off() { return fail(ValueFault::malformed, "cut off"); }

  ByteInput input_;

 private:
  [[nodiscard]] bool close() {
    open_.close();
    return told(to_.end());
  }
  [[nodiscard]] bool told(bool taken) { return taken || fail(to_.error().fault, to_.error().what); }
  [[nodiscard]] bool say_key(std::string_view key) {
    open_.took_key();
    return told(to_.key(key));
  }
  [[nodiscard]] bool say_negative_key(std::uint64_t value);
  [[nodiscard]] bool begin_value() {
    if (open_.expects_key()) return fail(ValueFault::inexpressible, "a key of a map that is no text");
    open_.took_value();
    return true;
  }

  ValueSink& to_;
  OpenValues open_;
  MaybeValueError error_;
};

}  // namespace zeroway
