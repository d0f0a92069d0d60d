// The operator's log: a line when something happened that a person may want to know.
//
// Owner: main sets it up once, before anything else, and finishes it last.   Thread: any; no line waits for its reader.
// Only observe/log.cpp includes spdlog. Data-path code logs only on failures, and rate-limits lines that a peer can
// provoke. Not here: one line per request (observe/request_log.h).
#pragma once
#include <string_view>

#include "proto/error.h"
#include "router/settings/settings.h"

namespace zeroway::log {

enum class Level { debug, info, warning, error };

// Debug lines only when verbose. Fails naming a file that cannot be opened.
[[nodiscard]] Result<> set_up(const ObserveSettings& settings);
// Opens the log file again, after the old file was moved away.
void reopen();
// Waits until all lines are written, at most a second for each destination. Later lines are lost.
void finish();
// No line is written from now on: for a program whose terminal shows something else.
void silence();
[[nodiscard]] bool is_on(Level level);
// From now on: Level::debug or Level::info, as set_up() does it.
void set_level(Level level);
void write(Level level, std::string_view line);

inline void debug(std::string_view line) {
  if (is_on(Level::debug)) write(Level::debug, line);
}
inline void info(std::string_view line) { write(Level::info, line); }
inline void warning(std::string_view line) { write(Level::warning, line); }
inline void error(std::string_view line) { write(Level::error, line); }

}  // namespace zeroway::log
