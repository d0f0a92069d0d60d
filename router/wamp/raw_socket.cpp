#include "router/wamp/raw_socket.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace zeroway {

namespace {

constexpr unsigned kLeastPower = 9;
constexpr std::uint8_t kMostFlag = 0x08;  // X

// The low four bits of the second byte; 0 and those above are nobody's here.
constexpr std::uint8_t code_of(Serializer serializer) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(serializer) + 1);
}

Error refused(std::string detail) { return {Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

// A number that no refusal has is told as it is.
Error refusal_of(unsigned number) {
  const bool is_known = number >= 1 && number <= static_cast<unsigned>(RawSocketRefusal::connections);
  const std::string why = is_known ? std::string(to_words(static_cast<RawSocketRefusal>(number)))
                                   : "error " + std::to_string(number) + " of its own";
  Error error = refused("refuses the handshake of RawSocket: " + why);
  if (number == static_cast<unsigned>(RawSocketRefusal::connections)) error.code = Code::backend_refused;
  return error;
}

std::uint8_t power_of(std::size_t most) { return static_cast<std::uint8_t>(std::bit_width(most) - 1 - kLeastPower); }

}  // namespace

std::variant<RawSocketOffer, RawSocketRefusal> read_raw_socket_offer(const RawSocketWord& offer, SerializerSet served) {
  if (offer[0] != kRawSocketStart) return RawSocketRefusal::foreign;
  if (offer[2] != 0 || offer[3] != 0) return RawSocketRefusal::reserved_bits;
  for (const Serializer serializer : kSerializers) {
    if (code_of(serializer) != (offer[1] & 0x0fU) || !served.contains(serializer)) continue;
    return RawSocketOffer{serializer, kLeastRawSocket << (offer[1] >> 4U)};
  }
  return RawSocketRefusal::serializer;
}

RawSocketWord raw_socket_reply(const RawSocketOffer& offer, std::size_t most) {
  const auto limit_and_serializer = static_cast<std::uint8_t>(power_of(most) << 4U | code_of(offer.serializer));
  return {kRawSocketStart, limit_and_serializer, 0, 0};
}

RawSocketWord raw_socket_refusal(RawSocketRefusal why) {
  return {kRawSocketStart, static_cast<std::uint8_t>(static_cast<unsigned>(why) << 4U), 0, 0};
}

std::string_view to_words(RawSocketRefusal why) {
  constexpr std::array<std::string_view, 5> kWords{"no RawSocket", "its serializer is not served",
                                                   "its limit of a message's length is not acceptable",
                                                   "reserved bits are set", "too many connections are open"};
  return kWords[static_cast<std::size_t>(why)];
}

RawSocketWord raw_socket_offer(const RawSocketOffer& offer) { return raw_socket_reply(offer, offer.most); }

Result<std::size_t> read_raw_socket_reply(const RawSocketWord& reply, Serializer offered) {
  if (reply[0] != kRawSocketStart) return refused("does not speak RawSocket");
  const unsigned code = reply[1] & 0x0fU, high = reply[1] >> 4U;
  if (code == 0) return refusal_of(high);
  if (reply[2] != 0 || reply[3] != 0) return refused("answers the handshake of RawSocket with reserved bits");
  if (code != code_of(offered))
    return refused("answers with serializer " + std::to_string(code) + ", not with " + std::string(name_of(offered)));
  return kLeastRawSocket << high;
}

std::size_t raw_socket_limit(std::size_t wanted) {
  return std::bit_floor(std::clamp(wanted, kLeastRawSocket, kMostRawSocket));
}

std::optional<RawSocketPrefix> read_raw_socket_prefix(const RawSocketWord& bytes) {
  const unsigned type = bytes[0] & 0x07U;
  if ((bytes[0] & 0xf0U) != 0 || type > 2) return std::nullopt;
  const std::size_t length = std::size_t{bytes[1]} << 16U | std::size_t{bytes[2]} << 8U | bytes[3];
  const bool is_most = (bytes[0] & kMostFlag) != 0;
  if (is_most && length != 0) return std::nullopt;
  return RawSocketPrefix{static_cast<RawSocketPrefix::Type>(type), is_most ? kMostRawSocket : length};
}

RawSocketWord raw_socket_prefix(const RawSocketPrefix& prefix) {
  const auto type = static_cast<std::uint8_t>(prefix.type);
  if (prefix.size == kMostRawSocket) return {static_cast<std::uint8_t>(type | kMostFlag), 0, 0, 0};
  const auto byte = [&](unsigned shift) { return static_cast<std::uint8_t>(prefix.size >> shift & 0xffU); };
  return {type, byte(16), byte(8), byte(0)};
}

}  // namespace zeroway
