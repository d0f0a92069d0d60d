// Adds options one by one: the name, the help, and the setting that takes the option's word.
//
// Owner: read_command_line.   Thread: any, at the start.
// A word that does not fit ends the reading with an error that names the option, the word and the words that fit. Only
// command_line.cpp includes CLI11, which is slow to compile: functions that need CLI11 are defined there.
// Not here: which options there are (settings/command_line.cpp; settings/description.cpp for those that a file has,
// too).
#pragma once
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "router/settings/key_options.h"

namespace CLI {
class App;
}

namespace zeroway {

// Each function adds an option that reads a word into `target`. `what` is the option's line in the help; the default is
// added to that line.
class Options {
 public:
  explicit Options(CLI::App& app) : app_(app) {}

  template <class Number>
  void number(const char* group, const std::string& names, Number& target, std::uint64_t least, std::uint64_t most,
              const std::string& what) {
    const std::string name = long_name(names);
    const auto read = [&target, name, least, most](const std::string& word) {
      std::uint64_t value = 0;
      const char* const last = word.data() + word.size();
      const auto [end, error] = std::from_chars(word.data(), last, value);
      if (error != std::errc{} || end != last || value < least || value > most) {
        refuse(name, word, "a number from " + std::to_string(least) + " to " + std::to_string(most));
      }
      target = static_cast<Number>(value);
    };
    add(group, names, read, what + " [" + std::to_string(target) + "]", "N");
  }

  template <class Check>
  void text(const char* group, const std::string& names, std::string& target, Check check, const std::string& wanted,
            const std::string& what, const std::string& kind) {
    const std::string name = long_name(names);
    const auto read = [&target, name, check, wanted](const std::string& word) {
      if (!check(word)) refuse(name, word, wanted);
      target = word;
    };
    add(group, names, read, what, kind);
  }

  void file(const char* group, const std::string& names, std::string& target, const std::string& what) {
    text(
        group, names, target, [](const std::string& word) { return !word.empty(); }, "a file", what, "FILE");
  }

  // Flags take no value: a reader would misunderstand `NAME=no`, which switches NAME on.
  void flag(const char* group, const std::string& names, bool& target, bool value, const std::string& what);

  // An option that is a key of a file, too.
  void key(const KeyOption& option);

  // Throws, for read_command_line(), that `word` is not `wanted`.
  [[noreturn]] static void refuse(const std::string& name, const std::string& word, const std::string& wanted);

 private:
  using Reader = std::function<void(const std::string&)>;
  void add(const char* group, const std::string& names, const Reader& read, const std::string& what,
           const std::string& kind);

  CLI::App& app_;
};

}  // namespace zeroway
