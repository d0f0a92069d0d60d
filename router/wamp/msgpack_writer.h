// Writes values in MessagePack (github.com/msgpack/msgpack, spec.md), each in its shortest form; reals have 64 bits.
//
// Owner: the translator.   Thread: any.
// Integers of more than 64 bits are inexpressible.
#pragma once
#include "router/wamp/counted_writer.h"

namespace zeroway {

class MsgpackWriter final : public CountedWriter {
 public:
  [[nodiscard]] bool null() override { return put_value({0xc0, 0, 0}); }
  [[nodiscard]] bool boolean(bool value) override { return put_value({std::uint8_t(value ? 0xc3 : 0xc2), 0, 0}); }
  [[nodiscard]] bool natural(std::uint64_t value) override;
  [[nodiscard]] bool negative(std::uint64_t value) override;
  [[nodiscard]] bool big_integer(Sign sign, Bytes magnitude) override;
  [[nodiscard]] bool real(double value) override;

 private:
  [[nodiscard]] ItemHead text_head(std::size_t size) const override;
  [[nodiscard]] ItemHead binary_head(std::size_t size) const override;
  [[nodiscard]] ItemHead list_head(std::uint32_t count) const override;
  [[nodiscard]] ItemHead map_head(std::uint32_t count) const override;
};

}  // namespace zeroway
