#include "router/http/client_codec.h"

#include <cassert>

#include "router/http/h1_client_codec.h"

namespace zeroway {

std::unique_ptr<ClientCodec> make_client_codec(Protocol protocol, const ClientCodecSettings& settings) {
  assert(protocol == Protocol::http1);
  static_cast<void>(protocol);
  return std::make_unique<H1ClientCodec>(settings);
}

}  // namespace zeroway
