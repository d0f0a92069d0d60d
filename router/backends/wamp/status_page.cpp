#include "router/backends/wamp/status_page.h"

#include <string>
#include <utility>

#include "router/wamp/subprotocol.h"

namespace zeroway {

Page status_page(SerializerSet serializers) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>WAMP</title>\n"
      "<style>body { font: 16px/1.5 sans-serif; margin: 3em auto; max-width: 40em; padding: 0 1em }</style>\n"
      "</head>\n<body>\n<h1>WAMP</h1>\n"
      "<p>This address is for WebSockets of the Web Application Messaging Protocol.</p>\n<p>Subprotocols:</p>\n<ul>\n";
  for (const Serializer one : kSerializers)
    if (serializers.contains(one)) text += "<li><code>" + std::string(subprotocol_of(one)) + "</code></li>\n";
  text += "</ul>\n</body>\n</html>\n";
  return {.content = std::move(text),
          .type = "text/html; charset=utf-8",
          .cache_control = "no-store",
          .policy = "default-src 'none'; style-src 'unsafe-inline'"};
}

}  // namespace zeroway
