#include "router/observe/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <mutex>

#include "router/observe/log_file.h"

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

// A destination of log lines.
class Place final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Place(std::string what) : file_(std::move(what)) {}
  LogFile& file() { return file_; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::string line(text.data(), text.size());
    file_.append(line, 1);  // a lost line cannot be reported here
  }
  void flush_() override {}

  LogFile file_;
};

std::shared_ptr<Place> make_console(const ObserveSettings& settings) {
  auto place = std::make_shared<Place>(settings.to_stdout ? "standard output" : "standard error");
  place->file().use(settings.to_stdout ? STDOUT_FILENO : STDERR_FILENO);
  return place;
}

template <class Act>
void for_each_place(Act act) {
  for (const spdlog::sink_ptr& sink : spdlog::default_logger_raw()->sinks()) {
    if (auto* const place = dynamic_cast<Place*>(sink.get())) act(place->file());
  }
}

}  // namespace

Result<> set_up(const ObserveSettings& settings) {
  std::vector<spdlog::sink_ptr> places{make_console(settings)};
  if (!settings.log_file.empty()) {
    auto place = std::make_shared<Place>("log");
    if (auto opened = place->file().open(settings.log_file); !opened) return opened;
    places.push_back(std::move(place));
  }
  auto logger = std::make_shared<spdlog::logger>("router", places.begin(), places.end());
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %v");
  logger->set_level(settings.verbose ? spdlog::level::debug : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

void reopen() {
  for_each_place([](LogFile& file) { file.reopen(); });
}

void finish() {
  for_each_place([](LogFile& file) { file.finish(); });
}

void set_level(Level level) { spdlog::default_logger_raw()->set_level(to_spdlog(level)); }
void silence() { spdlog::default_logger_raw()->set_level(spdlog::level::off); }

bool is_on(Level level) { return spdlog::default_logger_raw()->should_log(to_spdlog(level)); }

void write(Level level, std::string_view line) {
  spdlog::default_logger_raw()->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace zeroway::log
