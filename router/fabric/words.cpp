#include "router/fabric/words.h"

#include <algorithm>

#include "router/fabric/limits.h"
#include "router/observe/escape.h"

namespace zeroway {
namespace {

std::string shown_route(const RouteClaim& route) {
  const std::string text = route.host + route.path;
  return text.size() <= kMostRouteShown ? text : text.substr(0, kMostRouteShown) + "…";
}

}  // namespace

std::string name_of(const Worker& worker) { return worker.hello.name + " (" + worker.hello.instance + ")"; }

std::string shown(std::string_view instance) {
  std::string text;
  append_escaped(text, instance);
  return text;
}

std::string from(std::string_view address) { return address.empty() ? "" : " from " + std::string(address); }

std::string shown_claims(const Hello& hello) {
  if (hello.routes.empty()) return "the open pool";
  std::string text = hello.routes.size() == 1 ? "route" : "routes";
  const std::size_t shown = std::min(hello.routes.size(), kMostRoutesShown);
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? " " : ", ") + shown_route(hello.routes[i]);
  if (shown < hello.routes.size()) text += " and " + std::to_string(hello.routes.size() - shown) + " more";
  return text;
}

std::string show_ms(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

std::string show_long(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  const auto two = [seconds](std::int64_t large, const char* large_unit, std::int64_t small, const char* small_unit) {
    return std::to_string(seconds / large) + large_unit + std::to_string(seconds % large / small) + small_unit;
  };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3'600) return two(60, " min ", 1, " s");
  if (seconds < 86'400) return two(3'600, " h ", 60, " min");
  return two(86'400, " d ", 3'600, " h");
}

}  // namespace zeroway
