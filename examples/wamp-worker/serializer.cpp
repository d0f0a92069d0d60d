#include "serializer.h"

#include <algorithm>
#include <array>

#include "base64.h"
#include "cbor_reader.h"
#include "value_builder.h"

namespace wamp {

namespace {

constexpr std::array<std::string_view, 3> kSubprotocols = {"wamp.2.json", "wamp.2.msgpack", "wamp.2.cbor"};
constexpr std::array<std::string_view, 3> kNames = {"JSON", "MessagePack", "CBOR"};

bool has_binary(const Value& value) {
  return value.is_binary() || (value.is_structured() && std::any_of(value.begin(), value.end(), has_binary));
}

void write_binary_as_text(Value& value) {
  if (value.is_binary()) {
    std::string text(1, '\0');
    append_base64(value.get_binary(), text);
    value = std::move(text);
  } else if (value.is_structured()) {
    for (Value& inside : value) write_binary_as_text(inside);
  }
}

std::string encode_json(const Value& message) {
  if (!has_binary(message)) return message.dump();
  Value copy = message;
  write_binary_as_text(copy);
  return copy.dump();
}

template <class Write>
std::string encode_with(Write write, const Value& message) {
  std::string out;
  write(message, nlohmann::detail::output_adapter<char>(out));
  return out;
}

bool read(Serializer serializer, std::string_view bytes, ValueBuilder& builder) {
  switch (serializer) {
    case Serializer::json:
      return Value::sax_parse(bytes, &builder);
    case Serializer::msgpack:
      return Value::sax_parse(bytes, &builder, Value::input_format_t::msgpack);
    default:
      return CborReader(bytes, builder).read();
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

std::string_view subprotocol(Serializer serializer) { return kSubprotocols[static_cast<std::size_t>(serializer)]; }

std::optional<Serializer> choose_serializer(std::string_view offers) {
  while (!offers.empty()) {
    const std::string_view offer = offers.substr(0, offers.find(','));
    offers.remove_prefix(std::min(offers.size(), offer.size() + 1));
    const auto* const found = std::find(kSubprotocols.begin(), kSubprotocols.end(), trimmed(offer));
    if (found != kSubprotocols.end()) return static_cast<Serializer>(found - kSubprotocols.begin());
  }
  return std::nullopt;
}

std::string encode(Serializer serializer, const Value& message) {
  using Out = nlohmann::detail::output_adapter<char>;
  switch (serializer) {
    case Serializer::json:
      return encode_json(message);
    case Serializer::msgpack:
      return encode_with([](const Value& v, Out out) { Value::to_msgpack(v, out); }, message);
    default:
      return encode_with([](const Value& v, Out out) { Value::to_cbor(v, out); }, message);
  }
}

Value decode(Serializer serializer, std::string_view bytes) {
  const bool is_json = serializer == Serializer::json;
  ValueBuilder builder(is_json ? Binary::text : Binary::native);
  if (!read(serializer, bytes, builder))
    throw ProtocolViolation("no " + std::string(kNames[static_cast<std::size_t>(serializer)]) +
                            " message: " + builder.error());
  return builder.take();
}

}  // namespace wamp
