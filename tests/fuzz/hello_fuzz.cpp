// Any bytes as the JSON of HELLO and WELCOME: an error or values in their ranges, which write and read as themselves.
#include <cstdlib>

#include "proto/control.h"

using namespace zeroway;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const Hello& hello) {
  demand(!hello.name.empty() && hello.name.size() <= kMaxNameLength);
  demand(hello.instance.size() <= 255);
  demand(hello.weight >= 1 && hello.weight <= kMaxWeight);
  demand(hello.capacity >= 1 && hello.capacity <= kMaxCapacity);
  demand(hello.state == "ready" || hello.state == "draining");
  demand(hello.routes.size() <= kMaxRoutes);
  if (hello.wamp) {
    demand(hello.app.is_none() && hello.group == realm_pool(hello.wamp->realm));
    demand(!hello.wamp->serializers.is_empty());
    demand(hello.wamp->realm.empty() || is_realm_name(hello.wamp->realm));
  } else {
    demand(hello.app.is_none() ? hello.group.empty() || is_group_name(hello.group)
                               : hello.group == circuit_path(hello.app));
  }
  const std::string json = write_hello(hello);
  if (json.size() > kMaxControlSize) return;  // escapes may make it longer than it came
  const auto again = read_hello(as_bytes(json));
  demand(again.has_value());
  demand(write_hello(*again) == json);
}

void check(const Welcome& welcome) {
  demand(welcome.loop < welcome.pairs.size());
  for (const Pair& pair : welcome.pairs) {
    if (const auto steer = steer_endpoint(pair.deal)) demand(!steer->empty());
    if (const auto other = loop_endpoint(pair.deal, welcome.loop)) demand(steer_endpoint(*other).has_value());
  }
  const std::string json = write_welcome(welcome);
  if (json.size() > kMaxControlSize) return;
  const auto again = read_welcome(as_bytes(json));
  demand(again.has_value());
  demand(write_welcome(*again) == json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto hello = read_hello({data, size})) check(*hello);
  if (const auto welcome = read_welcome({data, size})) check(*welcome);
  return 0;
}
