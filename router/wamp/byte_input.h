// The rest of a message in bytes: numbers and strings are taken from its front.
//
// Owner: a reader of MessagePack or CBOR.   Thread: any.
// Numbers are big-endian. Each take returns false when the message is cut off before the end of what it takes.
#pragma once
#include <cstddef>
#include <cstdint>

#include "proto/bytes.h"

namespace zeroway {

class ByteInput {
 public:
  explicit ByteInput(Bytes message) : begin_(message.data()), rest_(message) {}

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  // How many bytes have been taken.
  [[nodiscard]] std::size_t place() const { return static_cast<std::size_t>(rest_.data() - begin_); }

  [[nodiscard]] bool take_byte(std::uint8_t& byte) {
    if (rest_.empty()) return false;
    byte = rest_.front();
    rest_ = rest_.subspan(1);
    return true;
  }
  // `size` is at most 8.
  [[nodiscard]] bool take_number(std::size_t size, std::uint64_t& number) {
    if (rest_.size() < size) return false;
    number = 0;
    for (std::size_t i = 0; i < size; ++i) number = number << 8U | rest_[i];
    rest_ = rest_.subspan(size);
    return true;
  }
  [[nodiscard]] bool take_bytes(std::uint64_t size, Bytes& bytes) {
    if (rest_.size() < size) return false;
    bytes = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return true;
  }

 private:
  const std::uint8_t* begin_;
  Bytes rest_;
};

}  // namespace zeroway
