// Makes a value of what a reader finds in a message, and refuses what no message may have.
//
// Owner: one call of decode() (serializer.h).   Thread: any.
// Not here: the bytes of a format (nlohmann's readers, cbor_reader.h).
#pragma once
#include <string>
#include <vector>

#include "value.h"

namespace wamp {

// How a format writes bytes.
enum class Binary : std::uint8_t {
  native,  // it has a type for them
  text,    // as text: U+0000, then base64
};

// Each function is false when the message is refused; then error() says why, and nothing more may be told.
class ValueBuilder final : public nlohmann::json_sax<Value> {
 public:
  explicit ValueBuilder(Binary binary) : binary_(binary) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override { return put(value); }
  // `text` is the number as JSON has it, or empty. An integer of more than 64 bits comes here, and is refused.
  bool number_float(double value, const std::string& text) override;
  bool string(std::string& value) override;
  bool binary(Value::binary_t& value) override;
  bool start_array(std::size_t elements) override;
  bool end_array() override { return end(); }
  bool start_object(std::size_t elements) override;
  // A key that comes twice: the last value stays.
  bool key(std::string& name) override;
  bool end_object() override { return end(); }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& error) override;

  bool fail(std::string why);
  [[nodiscard]] const std::string& error() const { return error_; }
  // The value, once it is whole.
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  bool put(Value value);
  bool start(Value container);
  bool end();

  const Binary binary_;
  Value root_;
  std::vector<Value*> open_;  // containers that have not ended, the innermost last
  Value* member_ = nullptr;   // of the innermost map: where the value of the last key goes
  std::size_t count_ = 0;
  std::string error_;
};

}  // namespace wamp
