#include "router/observe/time_text.h"

#include <array>
#include <ctime>

namespace zeroway {

std::string utc_text(WallTime time, const char* shape) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), shape, &parts)};
}

std::string unix_seconds_text(WallTime time) {
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return std::to_string(millis / 1'000) + "." + std::to_string(1'000 + millis % 1'000).substr(1);
}

}  // namespace zeroway
