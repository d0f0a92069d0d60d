// What readers say of a message, as text: `[ 48 -7 1.5 "a" h'00ff' { "k": null } ]`.
//
// Owner: the test.   Thread: any.
// Reals are written with %.17g and have a point or an exponent; integers over 64 bits are 0x… with their sign.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "router/wamp/translator.h"

namespace zeroway::test {

inline std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

class ValueText final : public ValueSink {
 public:
  std::string text_;

  bool null() override { return add("null"); }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool natural(std::uint64_t value) override { return add(std::to_string(value)); }
  bool negative(std::uint64_t value) override {
    return add(value == ~std::uint64_t{0} ? "-18446744073709551616" : '-' + std::to_string(value + 1));
  }
  bool big_integer(Sign sign, Bytes magnitude) override {
    return add((sign == Sign::minus ? "-0x" : "0x") + to_hex(as_text(magnitude)));
  }
  bool real(double value) override {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    const std::string text = digits;
    return add(text.find_first_of(".ein") == std::string::npos ? text + ".0" : text);
  }
  bool text(std::string_view utf8) override { return add('"' + std::string(utf8) + '"'); }
  bool binary(Bytes bytes) override { return add("h'" + to_hex(as_text(bytes)) + "'"); }
  bool begin_list() override { return open("[", "]"); }
  bool begin_map() override { return open("{", "}"); }
  bool key(std::string_view utf8) override { return add('"' + std::string(utf8) + "\":"); }
  bool end() override {
    const std::string close(1, ends_.back());
    ends_.pop_back();
    return add(close);
  }
  ValueError error() const override { return {}; }

 private:
  bool add(const std::string& word) {
    if (!text_.empty()) text_ += ' ';
    text_ += word;
    return true;
  }
  bool open(const char* begin, const char* close) {
    ends_ += close;
    return add(begin);
  }
  std::string ends_;
};

inline const char* name_of(ValueFault fault) {
  constexpr const char* kNames[] = {"malformed", "not UTF-8", "too deep", "inexpressible", "too large"};
  return kNames[static_cast<int>(fault)];
}

inline std::string text_of(const ValueError& error) { return std::string(name_of(error.fault)) + ": " + error.what; }

// What the reader says, or "malformed: a phrase".
inline std::string said(Serializer from, std::string_view message) {
  ValueText text;
  const auto error = read_value(from, as_bytes(message), text);
  return error ? text_of(*error) : text.text_;
}

// The value in another format, or what is wrong. Any value, not only a message.
inline std::string written(Serializer from, Serializer to, std::string_view value, std::size_t most = 1 << 24) {
  JsonWriter json;
  MsgpackWriter msgpack;
  CborWriter cbor;
  ValueWriter* const writers[] = {&json, &msgpack, &cbor};
  ValueWriter& writer = *writers[static_cast<std::size_t>(to)];
  std::string out;
  writer.begin(out, most);
  if (const auto error = read_value(from, as_bytes(value), writer)) return text_of(*error);
  return writer.finish() ? out : text_of(writer.error());
}

inline std::string translated(Serializer from, Serializer to, std::string_view message, std::size_t most = 1 << 24) {
  Translator translator;
  std::string out;
  const auto error = translator.translate(from, to, as_bytes(message), most, out);
  return error ? text_of(*error) : out;
}

}  // namespace zeroway::test
