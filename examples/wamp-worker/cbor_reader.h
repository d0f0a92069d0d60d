// Reads one CBOR item (RFC 8949). nlohmann's reader refuses undefined, big numbers and most tags, which clients send.
//
// Tags are skipped, their content is kept; undefined becomes null; a big number of up to 64 bits becomes an integer.
// Refused: larger big numbers, keys that are no text, simple values without a meaning, bytes behind the item.
//
// Owner: one call of decode() (serializer.h).   Thread: any.
// Not here: limits on the number of values and their nesting (value_builder.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "value_builder.h"

namespace wamp {

class CborReader {
 public:
  // Both outlive the reader.
  CborReader(std::string_view bytes, ValueBuilder& builder) : left_(bytes), builder_(builder) {}

  // False when the message is refused: the builder's error says why.
  bool read();

 private:
  // An item's first bytes: 3 bits of type, 5 bits that say how long the argument is.
  struct Head {
    std::uint8_t major;
    std::uint8_t info;
    std::uint64_t argument;
  };

  [[nodiscard]] std::optional<Head> take_head();
  // The head behind all tags. `tag` is the innermost tag, if there is one.
  [[nodiscard]] std::optional<Head> take_head_behind_tags(std::optional<std::uint64_t>& tag);
  [[nodiscard]] bool take_break();
  bool item();
  bool content(const Head& head, std::optional<std::uint64_t> tag);
  bool negative(std::uint64_t argument);
  bool bytes(const Head& head, std::optional<std::uint64_t> tag);
  bool big_number(std::string_view digits, bool is_negative);
  bool text(const Head& head);
  bool array(const Head& head);
  bool map(const Head& head);
  bool simple(const Head& head);
  // The whole of text or bytes, joined if it comes in chunks.
  bool take_string(const Head& head, std::string& out);
  bool take_chunk(const Head& head, std::string& out);

  std::string_view left_;
  ValueBuilder& builder_;
};

}  // namespace wamp
