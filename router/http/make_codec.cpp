#include "router/http/make_codec.h"

#include "router/http/h1_codec.h"
#include "router/http/h2_codec.h"

namespace zeroway {

std::unique_ptr<Codec> make_codec(Protocol protocol, const EdgeSettings& settings, std::string_view scheme) {
  if (protocol == Protocol::http2) return std::make_unique<H2Codec>(settings.limits, scheme, &settings.web_sockets);
  return std::make_unique<H1Codec>(settings.limits, scheme, &settings.web_sockets);
}

}  // namespace zeroway
