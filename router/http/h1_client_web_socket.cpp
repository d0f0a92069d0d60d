#include "router/http/h1_client_web_socket.h"

#include <array>
#include <boost/beast/core/detail/base64.hpp>

#include "router/http/h1_framing.h"
#include "router/http/ws_handshake.h"

namespace zeroway {
namespace {

Error bad(std::string detail) { return Error{Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

std::string make_key(Randomness& random) {
  namespace base64 = boost::beast::detail::base64;
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  std::string key(base64::encoded_size(bytes.size()), '\0');
  key.resize(base64::encode(key.data(), bytes.data(), bytes.size()));
  return key;
}

}  // namespace

H1ClientWebSocket::H1ClientWebSocket(const Head& request, Randomness& random) : key_(make_key(random)) {
  for (const Field field : request) {
    if (field.name == "sec-websocket-protocol") protocols_.append(protocols_.empty() ? "" : ",").append(field.value);
  }
}

Result<> H1ClientWebSocket::accept(Head& reply) const {
  if (reply.count("sec-websocket-accept") != 1 || reply.find("sec-websocket-accept") != accept_key(key_)) {
    return bad("a 101 without the right Sec-WebSocket-Accept");
  }
  if (reply.has("sec-websocket-extensions")) return bad("a WebSocket extension that was not offered");
  if (reply.count("sec-websocket-protocol") > 1) return bad("two subprotocols");
  if (const auto chosen = reply.find("sec-websocket-protocol")) {
    bool is_offered = false;
    h1::for_each_in_list(protocols_, [&](std::string_view one) { is_offered |= one == *chosen && !one.empty(); });
    if (!is_offered) return bad("a subprotocol that was not offered");
  }
  reply.remove("sec-websocket-accept");
  reply.remove("sec-websocket-version");
  reply.set(":status", "200");
  return {};
}

}  // namespace zeroway
