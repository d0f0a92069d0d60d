// Writes values in JSON (RFC 8259), without spaces, as WAMP uses it: binary is a text, U+0000 and base64.
//
// Owner: the translator.   Thread: any.
// A real has a point or an exponent, so that it is read as a real again; NaN and the infinities are inexpressible.
#pragma once
#include "router/wamp/value_writer.h"

namespace zeroway {

class JsonWriter final : public ValueWriter {
 public:
  [[nodiscard]] bool null() override { return word("null"); }
  [[nodiscard]] bool boolean(bool value) override { return word(value ? "true" : "false"); }
  [[nodiscard]] bool natural(std::uint64_t value) override;
  [[nodiscard]] bool negative(std::uint64_t value) override;
  [[nodiscard]] bool big_integer(Sign sign, Bytes magnitude) override;
  [[nodiscard]] bool real(double value) override;
  [[nodiscard]] bool text(std::string_view utf8) override;
  [[nodiscard]] bool binary(Bytes bytes) override;
  [[nodiscard]] bool begin_list() override;
  [[nodiscard]] bool begin_map() override;
  [[nodiscard]] bool key(std::string_view utf8) override;
  [[nodiscard]] bool end() override;

 private:
  [[nodiscard]] bool word(std::string_view word);
  void separate();
  void quote(std::string_view utf8);
};

}  // namespace zeroway
