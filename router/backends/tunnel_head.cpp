#include "router/backends/tunnel_head.h"

#include <string_view>

namespace zeroway {

Head tunnel_head(const Head& head) {
  Head tunnel;
  for (const Field field : head) {
    if (field.name.starts_with("sec-websocket-")) continue;
    tunnel.add(field.name, field.name == ":protocol" ? std::string_view("tcp") : field.value);
  }
  return tunnel;
}

}  // namespace zeroway
