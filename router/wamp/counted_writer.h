// Writes values in a binary format whose lists and maps begin with their counts: MessagePack or CBOR.
//
// Owner: the translator.   Thread: any.
// A count is known at the end: each list or map gets a head of one byte, and where the count does not fit, finish()
// puts a wider one, all of them in one pass. Not here: the forms (msgpack_writer.h, cbor_writer.h).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/wamp/value_writer.h"

namespace zeroway {

// The first byte of an item, and behind it a number of 0, 1, 2, 4 or 8 bytes, big-endian.
struct ItemHead {
  std::uint8_t first;
  std::uint8_t size;
  std::uint64_t number;
};

class CountedWriter : public ValueWriter {
 public:
  [[nodiscard]] bool text(std::string_view utf8) final;
  [[nodiscard]] bool binary(Bytes bytes) final;
  [[nodiscard]] bool begin_list() final { return begin_open(false); }
  [[nodiscard]] bool begin_map() final { return begin_open(true); }
  [[nodiscard]] bool key(std::string_view utf8) final;
  [[nodiscard]] bool end() final;

 protected:
  [[nodiscard]] bool put_value(const ItemHead& head);

 private:
  [[nodiscard]] virtual ItemHead text_head(std::size_t size) const = 0;
  [[nodiscard]] virtual ItemHead binary_head(std::size_t size) const = 0;
  [[nodiscard]] virtual ItemHead list_head(std::uint32_t count) const = 0;
  [[nodiscard]] virtual ItemHead map_head(std::uint32_t count) const = 0;

  void put_head(const ItemHead& head);
  [[nodiscard]] bool begin_open(bool is_map);
};

}  // namespace zeroway
