// The operator's log: a line when something happened that a person may want to know.
//
// Owner: Router sets it up once, before the loops start.   Thread: any.
// Nobody but observe/log.cpp includes spdlog. Data-path code logs only on failures, and rate-limits what a peer can
// provoke. Not here: one line per request (observe/request_log.h).
#pragma once
#include <string_view>

#include "router/settings/settings.h"

namespace zeroway::log {

enum class Level { debug, info, warning, error };

void set_up(const ObserveSettings& settings);  // debug lines only when verbose
[[nodiscard]] bool is_on(Level level);
void write(Level level, std::string_view line);

inline void debug(std::string_view line) {
  if (is_on(Level::debug)) write(Level::debug, line);
}
inline void info(std::string_view line) { write(Level::info, line); }
inline void warning(std::string_view line) { write(Level::warning, line); }
inline void error(std::string_view line) { write(Level::error, line); }

}  // namespace zeroway::log
