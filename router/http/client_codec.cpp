#include "router/http/client_codec.h"

#include "router/http/h1_client_codec.h"
#include "router/http/h2_client_codec.h"

namespace zeroway {

std::unique_ptr<ClientCodec> make_client_codec(Protocol protocol, const ClientCodecSettings& settings) {
  if (protocol == Protocol::http2) return std::make_unique<H2ClientCodec>(settings);
  return std::make_unique<H1ClientCodec>(settings);
}

}  // namespace zeroway
