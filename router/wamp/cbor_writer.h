// Writes values in CBOR (RFC 8949), each in its shortest form; reals have 64 bits, lengths are definite.
//
// Owner: the translator.   Thread: any.
#pragma once
#include "router/wamp/counted_writer.h"

namespace zeroway {

class CborWriter final : public CountedWriter {
 public:
  [[nodiscard]] bool null() override { return put_value({0xf6, 0, 0}); }
  [[nodiscard]] bool boolean(bool value) override { return put_value({std::uint8_t(value ? 0xf5 : 0xf4), 0, 0}); }
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
