// WAMP over bare TCP: the handshake of four bytes and the prefix of each frame (WAMP, "RawSocket Transport").
//
//     client   7F LS 00 00     L: it takes frames of 2^(9+L) bytes, S: serializer      router   7F LS 00 00, or 7F E0
//     00 00 frame    RRRRXTTT length(3) payload     R: 0, T: 0 message, 1 ping, 2 pong, X: 2^24 with length 0
//
// Owner: values and free functions.   Thread: any.
// Each side says what it takes itself. Not here: frames that come in pieces (raw_socket_reader.h, raw_socket_writer.h).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "proto/error.h"
#include "proto/serializer.h"

namespace zeroway {

using RawSocketWord = std::array<std::uint8_t, 4>;  // a handshake or a prefix

inline constexpr std::uint8_t kRawSocketStart = 0x7f;  // no request of HTTP begins so: one port can serve both
inline constexpr std::size_t kLeastRawSocket = std::size_t{1} << 9;
inline constexpr std::size_t kMostRawSocket = std::size_t{1} << 24;

struct RawSocketOffer {
  Serializer serializer = Serializer::json;
  std::size_t most = 0;  // bytes of the longest frame that its sender takes
};

enum class RawSocketRefusal : std::uint8_t {
  foreign = 0,  // no RawSocket at all: closed without a word
  serializer = 1,
  length = 2,
  reserved_bits = 3,
  connections = 4  // too many are open
};

// What the client offers, or why it is refused.
[[nodiscard]] std::variant<RawSocketOffer, RawSocketRefusal> read_raw_socket_offer(const RawSocketWord& offer,
                                                                                   SerializerSet served);
// The answer to an offer. `most` is one of raw_socket_limit().
[[nodiscard]] RawSocketWord raw_socket_reply(const RawSocketOffer& offer, std::size_t most);
[[nodiscard]] RawSocketWord raw_socket_refusal(RawSocketRefusal why);  // not foreign
[[nodiscard]] std::string_view to_words(RawSocketRefusal why);

// The client's side: what it offers, and what the answer says of the longest frame that the router takes. The error
// says in words why there is no connection; it needs no more of a foreign answer than its first byte.
[[nodiscard]] RawSocketWord raw_socket_offer(const RawSocketOffer& offer);
[[nodiscard]] Result<std::size_t> read_raw_socket_reply(const RawSocketWord& reply, Serializer offered);

// The power of two that is announced and enforced for a limit: not above it, and within what the handshake can say.
[[nodiscard]] std::size_t raw_socket_limit(std::size_t wanted);

struct RawSocketPrefix {
  enum class Type : std::uint8_t { message, ping, pong };
  Type type = Type::message;
  std::size_t size = 0;  // of the payload, at most kMostRawSocket
};

// Nothing for reserved bits, an unknown type, or X beside a length.
[[nodiscard]] std::optional<RawSocketPrefix> read_raw_socket_prefix(const RawSocketWord& bytes);
[[nodiscard]] RawSocketWord raw_socket_prefix(const RawSocketPrefix& prefix);

}  // namespace zeroway
