#include "router/console/completion.h"

#include <vector>

#include "router/settings/command_line.h"
#include "router/settings/command_table.h"

namespace zeroway::console {

namespace {

// An option of a command, or of the router itself, in one form for both shells.
struct Word {
  std::vector<std::string> names;  // "-p", "--port"
  std::string kind;                // "" = takes no value
  std::string help;
  std::string choices;  // of its value, separated by spaces
};

std::vector<Word> router_words() {
  std::vector<Word> words;
  for (const RouterOption& option : router_options())
    words.push_back({option.names, option.kind, option.help, option.choices});
  return words;
}

std::vector<Word> words_of(const Command& command) {
  std::vector<Word> words{{{"-h", "--help"}, "", "This help", ""}};
  for (const auto& options : {command.options, command.shared_options})
    for (const CommandOption& one : options)
      words.push_back(
          {{std::string(one.name)}, std::string(one.kind), std::string(one.help), std::string(one.choices)});
  return words;
}

std::string names_of_commands() {
  std::string names;
  for (const Command& command : commands()) names.append(names.empty() ? "" : " ").append(command.name);
  return names;
}

// What the argument of a command may be: its choices, the commands, or "" when only the router knows, or nobody.
std::string arguments_of(const Command& command) {
  return command.id == CommandId::help ? names_of_commands() : std::string(command.choices);
}

bool takes_member(const Command& command) { return command.id == CommandId::drain || command.id == CommandId::undrain; }

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// As one word of either shell.
std::string quoted(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

std::string all_names(const std::vector<Word>& words) {
  std::string names;
  for (const Word& word : words)
    for (const std::string& name : word.names) names.append(names.empty() ? "" : " ").append(name);
  return names;
}

// --- bash

// The words are cut at white space only. bash cuts at ':' and '=', too, and replaces only what stands behind the last
// one.
constexpr std::string_view kBashBegin = R"(# Completion of router for bash; made by `router completion bash`.
_router_offer() {  # CURRENT CANDIDATE…
  local current=$1 candidate quoted cut=
  shift
  if [[ $current == *[:=]* ]]; then cut=${current%"${current##*[:=]}"}; fi
  for candidate in "$@"; do
    [[ $candidate == "$current"* ]] || continue
    printf -v quoted %q "${candidate#"$cut"}"
    COMPREPLY+=("$quoted")
  done
}
_router_files() {  # CURRENT, -f or -d
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen "$2" -- "$1")
}
_router_members() {  # PROGRAM, and the words of the line: what the router names
  local program=$1 kind word reach=(--timeout 1s) at
  shift
  for ((at = 1; at <= $#; at++)); do
    case ${!at} in
      --manage | --token-file | --ca-file) word=$((at + 1)); reach+=("${!at}" "${!word}") ;;
      --manage=* | --token-file=* | --ca-file=*) reach+=("${!at}") ;;
    esac
  done
  for kind in workers servers; do "$program" "$kind" "${reach[@]}" 2>/dev/null | sed -n '2,$ s/  .*//p'; done
}
_router_value() {  # CURRENT, and COMMAND OPTION in one word: false when the option takes no value
  case $2 in
)";

constexpr std::string_view kBashMiddle = R"(    *) return 1 ;;
  esac
}
_router() {
  local words current previous command=
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  current=${words[-1]} previous=${words[-2]}
  COMPREPLY=()
  if ((${#words[@]} > 2)); then
    case ${words[1]} in
)";

constexpr std::string_view kBashEnd = R"(  esac
}
complete -F _router router
)";

std::string bash_value(const std::string& command, const Word& word) {
  if (word.kind.empty()) return "";
  std::string pattern;
  for (const std::string& name : word.names) pattern += (pattern.empty() ? "" : " | ") + quoted(command + " " + name);
  std::string what;
  if (!word.choices.empty())
    what = "_router_offer \"$1\" " + word.choices;
  else if (word.kind == "FILE")
    what = "_router_files \"$1\" -f";
  else if (word.kind == "DIR")
    what = "_router_files \"$1\" -d";
  return "    " + pattern + ") " + what + (what.empty() ? ";;" : " ;;") + "\n";
}

std::string bash_command(const Command& command) {
  std::string text = "    " + std::string(command.name) + ")\n";
  const std::string arguments = arguments_of(command);
  text += "      if [[ $current == -* ]]; then _router_offer \"$current\" " + all_names(words_of(command)) + "\n";
  if (!arguments.empty()) text += "      else _router_offer \"$current\" " + arguments + "\n";
  if (takes_member(command))
    text +=
        "      else\n        local names\n"
        "        mapfile -t names < <(_router_members \"${words[0]}\" \"${words[@]:2}\")\n"
        "        _router_offer \"$current\" \"${names[@]}\"\n";
  return text + "      fi ;;\n";
}

std::string bash_script() {
  std::string text(kBashBegin);
  for (const Word& word : router_words()) text += bash_value("", word);
  for (const Command& command : commands())
    for (const Word& word : words_of(command)) text += bash_value(std::string(command.name), word);
  text += kBashMiddle;
  text += "      " + replaced(names_of_commands(), " ", " | ") + ") command=${words[1]} ;;\n    esac\n  fi\n";
  text += "  _router_value \"$current\" \"$command $previous\" && return\n  case $command in\n";
  for (const Command& command : commands()) text += bash_command(command);
  text += "    *)\n      if [[ $current == -* ]]; then _router_offer \"$current\" " + all_names(router_words()) + "\n";
  text += "      else\n        ((${#words[@]} > 2)) || _router_offer \"$current\" " + names_of_commands() + "\n";
  text += "        _router_files \"$current\" -d\n      fi ;;\n";
  return text + std::string(kBashEnd);
}

// --- zsh

std::string zsh_escaped(std::string text) {
  for (const char* const special : {"\\", "[", "]", ":"}) text = replaced(text, special, std::string("\\") + special);
  return text;
}

std::string zsh_value(const Word& word) {
  if (word.kind.empty()) return "";
  const std::string kind = ":" + zsh_escaped(word.kind) + ":";
  if (!word.choices.empty()) return kind + "(" + word.choices + ")";
  if (word.kind == "FILE") return kind + "_files";
  return word.kind == "DIR" ? kind + "_files -/" : kind;
}

std::string zsh_options(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words)
    for (const std::string& name : word.names)
      text += "      " + quoted("*" + name + "[" + zsh_escaped(word.help) + "]" + zsh_value(word)) + " \\\n";
  return text;
}

std::string zsh_argument(const Command& command) {
  const std::string arguments = arguments_of(command);
  if (takes_member(command)) return "      '1:name:_router_members'";
  if (!arguments.empty()) return "      " + quoted("1:word:(" + arguments + ")");
  return "";  // beside an argument that nobody can guess, zsh would only list an option and not insert it
}

constexpr std::string_view kZshBegin = R"(#compdef router
# Completion of router for zsh; made by `router completion zsh`.
_router_members() {
  local -a names reach
  local at kind
  reach=(--timeout 1s)
  for ((at = 1; at < $#line_words; at++)); do
    case $line_words[at] in
      --manage | --token-file | --ca-file) reach+=($line_words[at] $line_words[at+1]) ;;
      --manage=* | --token-file=* | --ca-file=*) reach+=($line_words[at]) ;;
    esac
  done
  for kind in workers servers; do
    names+=("${(@f)$($program $kind $reach 2>/dev/null | sed -n '2,$ s/  .*//p')}")
  done
  names=(${names:#})
  (( $#names )) && compadd -a names
}
_router() {
  local program=$words[1]
  local -a line_words known
  line_words=("${words[@]}")
)";

constexpr std::string_view kZshEnd = R"(}
if [[ $funcstack[1] == _router ]]; then _router "$@"; else compdef _router router; fi
)";

std::string zsh_script() {
  std::string text(kZshBegin);
  text += "  known=(\n";
  for (const Command& command : commands())
    text += "    " + quoted(std::string(command.name) + ":" + zsh_escaped(std::string(command.summary))) + "\n";
  text += "  )\n  (( CURRENT == 2 )) && [[ $words[2] != -* ]] && _describe command known\n";
  text += "  local command=$words[2]\n  (( CURRENT > 2 )) || command=\n  case $command in\n";
  for (const Command& command : commands()) {
    text += "    " + std::string(command.name) + ")\n      words=(\"${words[@]:1}\")\n      (( CURRENT-- ))\n";
    text += "      _arguments \\\n" + zsh_options(words_of(command)) + zsh_argument(command) + "\n      ;;\n";
  }
  text += "    *)\n      _arguments \\\n" + zsh_options(router_words()) + "      '1:folder:_files -/' ;;\n  esac\n";
  return text + std::string(kZshEnd);
}

}  // namespace

std::string completion_script(std::string_view shell) { return shell == "bash" ? bash_script() : zsh_script(); }

}  // namespace zeroway::console
