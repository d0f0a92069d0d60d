// The formats that WAMP messages are written in.
//
// Owner: a value.   Thread: any.
// Not here: how a format is read and written (json_reader.h, json_writer.h and those beside them).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zeroway {

enum class Serializer : std::uint8_t { json, msgpack, cbor };

inline constexpr std::array kSerializers{Serializer::json, Serializer::msgpack, Serializer::cbor};

// As settings, workers and subprotocols call it: "json", "msgpack", "cbor".
[[nodiscard]] constexpr std::string_view name_of(Serializer serializer) {
  constexpr std::array<std::string_view, kSerializers.size()> kNames{"json", "msgpack", "cbor"};
  return kNames[static_cast<std::size_t>(serializer)];
}

[[nodiscard]] constexpr std::optional<Serializer> serializer_named(std::string_view name) {
  for (const Serializer serializer : kSerializers)
    if (name_of(serializer) == name) return serializer;
  return std::nullopt;
}

// Whether its messages are text messages of a WebSocket; those of the others are binary ones.
[[nodiscard]] constexpr bool is_text(Serializer serializer) { return serializer == Serializer::json; }

// Some of them.
class SerializerSet {
 public:
  constexpr SerializerSet() = default;
  [[nodiscard]] static constexpr SerializerSet all() {
    SerializerSet set;
    for (const Serializer serializer : kSerializers) set.add(serializer);
    return set;
  }
  constexpr void add(Serializer serializer) { bits_ |= bit(serializer); }
  [[nodiscard]] constexpr bool contains(Serializer serializer) const { return (bits_ & bit(serializer)) != 0; }
  [[nodiscard]] constexpr bool is_empty() const { return bits_ == 0; }
  // Those that are in both.
  [[nodiscard]] constexpr SerializerSet operator&(SerializerSet other) const {
    SerializerSet set;
    set.bits_ = bits_ & other.bits_;
    return set;
  }
  constexpr bool operator==(const SerializerSet&) const = default;

 private:
  [[nodiscard]] static constexpr unsigned bit(Serializer serializer) { return 1U << static_cast<unsigned>(serializer); }
  unsigned bits_ = 0;
};

}  // namespace zeroway
