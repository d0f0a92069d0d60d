#include "router/fabric/words.h"

#include "router/observe/escape.h"

namespace zeroway {

std::string name_of(const Worker& worker) { return worker.hello.name + " (" + worker.hello.instance + ")"; }

std::string shown(std::string_view instance) {
  std::string text;
  append_escaped(text, instance);
  return text;
}

std::string from(std::string_view address) { return address.empty() ? "" : " from " + std::string(address); }

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
