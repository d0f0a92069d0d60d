#include "router/observe/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace zeroway::log {

namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::sinks::sink> make_console(const ObserveSettings& settings) {
  if (settings.to_stdout) return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

}  // namespace

void set_up(const ObserveSettings& settings) {
  std::vector<spdlog::sink_ptr> sinks{make_console(settings)};
  std::string failure;
  if (!settings.log_file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.log_file));
    } catch (const spdlog::spdlog_ex& error) {
      failure = error.what();
    }
  }
  auto logger = std::make_shared<spdlog::logger>("router", sinks.begin(), sinks.end());
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %v");
  logger->set_level(settings.verbose ? spdlog::level::debug : spdlog::level::info);
  // A line is written when something happened that somebody may be waiting for: it must not sit in a buffer.
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
  if (!failure.empty()) warning("no log file: " + failure);
}

bool is_on(Level level) { return spdlog::default_logger_raw()->should_log(to_spdlog(level)); }

void write(Level level, std::string_view line) {
  spdlog::default_logger_raw()->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace zeroway::log
