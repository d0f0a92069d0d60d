#include "router/http/make_codec.h"

#include "router/http/h1_codec.h"
#include "router/http/h2_codec.h"

namespace zeroway {

std::unique_ptr<Codec> make_codec(Protocol protocol, const HttpLimits& limits, std::string_view scheme) {
  if (protocol == Protocol::http2) return std::make_unique<H2Codec>(limits, scheme);
  return std::make_unique<H1Codec>(limits, scheme);
}

}  // namespace zeroway
