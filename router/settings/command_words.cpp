#include "router/settings/command_words.h"

#include <algorithm>

#include "router/settings/command_table.h"
#include "router/settings/nearest_word.h"

namespace zeroway {

namespace {

constexpr std::size_t kHelpColumn = 26;  // where the text of an option begins

bool is_one_of(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, end) == word) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

// "bash zsh" as "bash or zsh".
std::string in_words(std::string_view choices) {
  std::string text(choices);
  if (const std::size_t last = text.rfind(' '); last != std::string::npos) text.replace(last, 1, " or ");
  return text;
}

// Reads the words behind a command one by one.
class Reader {
 public:
  Reader(const Command& command, const std::vector<std::string>& words) : command_(command), words_(words) {
    read_.command = command.id;
  }

  [[nodiscard]] CommandReading read() {
    for (at_ = 1; at_ < words_.size() && why_.empty() && !wants_help_; ++at_) take(words_[at_]);
    if (wants_help_) return {.words = {}, .output = describe_commands(std::string(command_.name)), .error = {}};
    if (why_.empty() && command_.needs_argument && read_.argument.empty())
      why_ = "wants " + std::string(command_.argument) + choices_text();
    if (why_.empty()) return {.words = std::move(read_), .output = {}, .error = {}};
    const std::string name(command_.name);
    return {.words = {},
            .output = {},
            .error = "router " + name + ": " + why_ + "\nrouter " + name + " --help explains it\n",
            .code = ExitCode::usage};
  }

 private:
  void take(const std::string& word) {
    if (is_behind_options_ || !word.starts_with('-') || word == "-") return take_argument(word);
    if (word == "--") return void(is_behind_options_ = true);
    if (word == "-h" || word == "--help") return void(wants_help_ = true);
    take_option(word);
  }

  void take_argument(const std::string& word) {
    if (command_.argument.empty()) return fail("'" + word + "' is too much: it takes no argument");
    if (!read_.argument.empty())
      return fail("'" + word + "' is too much: '" + read_.argument + "' is the argument already");
    if (word.empty()) return fail("'' is no " + std::string(command_.argument));
    if (!command_.choices.empty() && !is_one_of(command_.choices, word))
      return fail("'" + word + "' is not " + in_words(command_.choices));
    read_.argument = word;
  }

  void take_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const CommandOption* const option = find_option(command_, name);
    if (option == nullptr) return fail("'" + name + "' is no option" + meant(nearest_option(name)));
    if (option->kind.empty()) {
      if (equals != std::string::npos) return fail(name + " takes no value");
      return static_cast<void>(option->read(read_, ""));
    }
    if (equals != std::string::npos) return set(*option, word.substr(equals + 1));
    if (at_ + 1 == words_.size()) return fail(name + " wants a value: " + std::string(option->wants));
    set(*option, words_[++at_]);
  }

  void set(const CommandOption& option, const std::string& value) {
    const bool is_allowed = option.choices.empty() || is_one_of(option.choices, value);
    if (!is_allowed || !option.read(read_, value))
      fail(std::string(option.name) + ": '" + value + "' is not " + std::string(option.wants));
  }

  void fail(std::string why) { why_ = std::move(why); }

  [[nodiscard]] std::string choices_text() const {
    return command_.choices.empty() ? "" : ": " + in_words(command_.choices);
  }

  [[nodiscard]] std::string nearest_option(const std::string& name) const {
    std::vector<std::string> known{"--help"};
    for (const auto& options : {command_.options, command_.shared_options})
      for (const CommandOption& option : options) known.emplace_back(option.name);
    return nearest_word(name, known);
  }

  const Command& command_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool is_behind_options_ = false;
  bool wants_help_ = false;
  std::string why_;
  CommandWords read_;
};

std::string in_column(std::string text) {
  text.resize(std::max(text.size() + 1, kHelpColumn), ' ');
  return text;
}

std::string option_line(const CommandOption& option) {
  const std::string kind = option.kind.empty() ? "" : " " + std::string(option.kind);
  return in_column("  " + std::string(option.name) + kind) + std::string(option.help) + "\n";
}

std::string usage_of(const Command& command) {
  const std::string argument(command.argument);
  const std::string shown = argument.empty() || command.needs_argument ? argument : "[" + argument + "]";
  std::string text = "router " + std::string(command.name) + (shown.empty() ? "" : " " + shown);
  return text + (command.shared_options.empty() ? "" : " [OPTIONS]");
}

std::string body_of(const Command& command) {
  std::string text = std::string(command.summary) + ".\n";
  if (!command.help.empty()) text += std::string(command.help) + "\n";
  for (const CommandOption& option : command.options) text += option_line(option);
  return text;
}

std::string shared_text() {
  std::string text = "Options of all commands that ask a router:\n";
  for (const CommandOption& option : find_command("status")->shared_options) text += option_line(option);
  text += "\nExit status:\n";
  for (std::size_t code = 0; code < kExitMeanings.size(); ++code)
    text += "  " + std::to_string(code) + "  " + std::string(kExitMeanings[code]) + "\n";
  return text;
}

// `router help`, or `router help COMMAND`.
CommandReading help(const std::string& name) {
  if (name.empty() || find_command(name) != nullptr)
    return {.words = {}, .output = describe_commands(name), .error = {}};
  return {.words = {},
          .output = {},
          .error = "router help: '" + name + "' is no command" + meant(nearest_word(name, command_names())) +
                   "\nrouter help explains all commands\n",
          .code = ExitCode::no_name};
}

}  // namespace

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

bool names_command(const std::vector<std::string>& words) {
  return !words.empty() && find_command(words.front()) != nullptr;
}

CommandReading read_command_words(const std::vector<std::string>& words) {
  const Command* const command = find_command(words.front());
  CommandReading reading = Reader(*command, words).read();
  if (reading.words && command->id == CommandId::help) return help(reading.words->argument);
  return reading;
}

std::string list_commands() {
  std::string text;
  for (const Command& command : commands())
    text += in_column("  " + std::string(command.name) + " " + std::string(command.argument)) +
            std::string(command.summary) + "\n";
  return text;
}

std::string describe_commands(const std::string& name) {
  if (!name.empty()) {
    const Command& command = *find_command(name);
    const std::string text = "Usage: " + usage_of(command) + "\n\n" + body_of(command);
    return command.shared_options.empty() ? text : text + "\n" + shared_text();
  }
  std::string text;
  for (const Command& command : commands()) text += usage_of(command) + "\n" + body_of(command) + "\n";
  return text + shared_text();
}

}  // namespace zeroway
