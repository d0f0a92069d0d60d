// Takes a value as events, in the order in which it is written: what a reader says, and a writer writes.
//
//     [48, {"a": -7}]     begin_list · natural 48 · begin_map · key a · negative 6 · end · end
//
// Owner: the caller of a reader.   Thread: any.
// Each event returns false when the sink cannot take it: the reader then says no more. Views are good until the event
// returns. Readers say well-formed sequences only: in a map, each value has a key before it.
// Not here: formats (json_reader.h, json_writer.h and those beside them).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/bytes.h"
#include "router/wamp/value_error.h"

namespace zeroway {

enum class Sign : std::uint8_t { plus, minus };

class ValueSink {
 public:
  virtual ~ValueSink() = default;

  [[nodiscard]] virtual bool null() = 0;
  [[nodiscard]] virtual bool boolean(bool value) = 0;
  [[nodiscard]] virtual bool natural(std::uint64_t value) = 0;
  [[nodiscard]] virtual bool negative(std::uint64_t value) = 0;  // the integer -1 - value
  // An integer that the two above cannot carry: its magnitude, big-endian, without leading zero bytes.
  [[nodiscard]] virtual bool big_integer(Sign sign, Bytes magnitude) = 0;
  [[nodiscard]] virtual bool real(double value) = 0;
  [[nodiscard]] virtual bool text(std::string_view utf8) = 0;
  [[nodiscard]] virtual bool binary(Bytes bytes) = 0;
  [[nodiscard]] virtual bool begin_list() = 0;
  [[nodiscard]] virtual bool begin_map() = 0;
  [[nodiscard]] virtual bool key(std::string_view utf8) = 0;
  [[nodiscard]] virtual bool end() = 0;  // of the list or map that began last

  // Why an event has returned false.
  [[nodiscard]] virtual ValueError error() const = 0;
};

}  // namespace zeroway
