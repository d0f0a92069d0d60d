// The severity of a log line, and the function that a worker's log lines go to.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace zeroway {

enum class LogLevel : std::uint8_t {
  debug,    // connections; only with WorkerOptions::verbose
  info,     // events that an operator wants to see once: joined, leaving
  warning,  // something does not work now and may work later: a router that cannot be reached
  error,    // something is wrong and stays so: a handler that threw, a key that cannot be read
};

// "debug", "info", "warning" or "error".
[[nodiscard]] std::string_view to_text(LogLevel level);

// The application's own function for log lines. It has one of two forms:
//
//     options.log = [](std::string_view line) { syslog(LOG_INFO, "%s", std::string(line).c_str()); };
//     options.log = [](zeroway::LogLevel level, std::string_view line) { my_logger.write(level, line); };
//
// The function is called on any thread of the worker, on several at once, and should not block. A line comes without
// newline, time, level and the worker's name. It is good until the call returns.
class LogSink {
 public:
  LogSink() = default;
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, LogSink> &&
           std::invocable<Function&, LogLevel, std::string_view>) LogSink(Function function)
      : function_(std::move(function)) {}
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, LogSink> && std::invocable<Function&, std::string_view>)
      LogSink(Function function) {
    std::function<void(std::string_view)> simple(std::move(function));
    if (simple) function_ = [simple = std::move(simple)](LogLevel, std::string_view line) { simple(line); };
  }

  explicit operator bool() const { return static_cast<bool>(function_); }
  void operator()(LogLevel level, std::string_view line) const { function_(level, line); }

 private:
  std::function<void(LogLevel, std::string_view)> function_;
};

}  // namespace zeroway
