#include "router/http/protocol_sniffer.h"

#include <algorithm>

#include "router/wamp/raw_socket.h"

namespace zeroway {

FirstByte sniff_first_byte(std::uint8_t byte) {
  constexpr std::uint8_t kMqttConnect = 0x10;
  if (byte == kRawSocketStart) return FirstByte::raw_socket;
  return byte == kMqttConnect ? FirstByte::mqtt : FirstByte::http;
}

Sniffed sniff_protocol(Bytes input) {
  constexpr std::string_view kPreface = "PRI * HTTP/2.0";
  const std::string_view text = as_text(input);
  const auto size = std::min(text.size(), kPreface.size());
  if (text.substr(0, size) != kPreface.substr(0, size)) return Sniffed::http1;
  return size == kPreface.size() ? Sniffed::http2 : Sniffed::more;
}

}  // namespace zeroway
