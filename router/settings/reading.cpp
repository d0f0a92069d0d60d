#include "router/settings/reading.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <tuple>
#include <utility>

namespace zeroway {

namespace {

bool is_variable_name(std::string_view name) {
  const auto is_name_char = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_char);
}

// RFC 6901 §3.
std::string escape_pointer(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

bool is_bare(std::string_view key) {
  const auto is_bare_char = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), is_bare_char);
}

// A file writes texts in quotes, the command line without.
std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

}  // namespace

Reading::Reading(std::string file, Notation notation, Environment environment)
    : file_(std::move(file)), notation_(notation), environment_(std::move(environment)) {}

void Reading::error(FilePlace place, const std::string& text) { errors_.push_back({place, text}); }

void Reading::warn(FilePlace place, const std::string& text) { warnings_.push_back({place, text}); }

void Reading::without_effect(FilePlace place, const std::string& key, const std::string& reason) {
  idle_.push_back({place, key, reason});
}

void Reading::misfit(const Node& node, const std::string& where, const std::string& wants) {
  if (notation_ == Notation::words)
    return error(node.place, where + ": '" + node.text + "' is not " + without_quotes(wants));
  error(node.place, where + " = " + node.show() + ": wants " + wants);
}

std::string Reading::located(const Problem& problem) const {
  if (notation_ == Notation::words) return problem.text;
  std::string out = file_ + ":";
  if (problem.place.line > 0) {
    out += std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + ":";
  }
  return out + " " + problem.text;
}

std::vector<std::string> Reading::in_order(std::vector<Problem> problems) const {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& one, const Problem& other) {
    return std::tie(one.place.line, one.place.column) < std::tie(other.place.line, other.place.column);
  });
  std::vector<std::string> texts;
  for (const Problem& one : problems) texts.push_back(located(one));
  return texts;
}

std::vector<std::string> Reading::errors() const { return in_order(errors_); }

std::vector<std::string> Reading::warnings() const {
  std::vector<std::string> texts = in_order(warnings_);
  if (idle_.empty()) return texts;
  std::string list = file_ + ": keys that change nothing here:";
  const char* separator = " ";
  auto idle = idle_;
  std::stable_sort(idle.begin(), idle.end(),
                   [](const Idle& one, const Idle& other) { return one.place.line < other.place.line; });
  for (const Idle& one : idle) {
    list += separator + one.key + " (" + line_of(one.place) + "): " + one.reason;
    separator = "; ";
  }
  texts.push_back(std::move(list));
  return texts;
}

std::string Reading::resolve(const std::string& path) const {
  const std::filesystem::path named(path);
  if (notation_ == Notation::words || path.empty() || path == "-" || named.is_absolute()) return path;
  return (std::filesystem::path(file_).parent_path() / named).lexically_normal().string();
}

std::string Reading::join(const std::string& where, std::string_view key) const {
  if (notation_ == Notation::json) return where + "/" + escape_pointer(key);
  const std::string name = is_bare(key) ? std::string(key) : "\"" + std::string(key) + "\"";
  return where.empty() ? name : where + "." + name;
}

std::string Reading::join(const std::string& where, std::size_t index) const {
  if (notation_ == Notation::words) return where;
  const std::string number = std::to_string(index);
  return where + (notation_ == Notation::json ? "/" + number : "[" + number + "]");
}

std::optional<std::string> Reading::expand(const std::string& text, Dollars dollars, FilePlace place,
                                           const std::string& where) {
  if (notation_ == Notation::words) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (rest.starts_with("$$")) {
      out += dollars == Dollars::keep ? "$$" : "$";
      at += 2;
      continue;
    }
    if (!rest.starts_with("${")) {
      out += text[at++];
      continue;
    }
    const auto end = rest.find('}');
    const std::string name(rest.substr(2, end == std::string_view::npos ? end : end - 2));
    if (end == std::string_view::npos || !is_variable_name(name)) {
      error(place, where + ": '${' wants the name of an environment variable and '}'; $$ is a dollar");
      return std::nullopt;
    }
    const auto value = environment_(name);
    if (!value) {
      error(place, where + ": the environment variable " + name + " is not set");
      return std::nullopt;
    }
    out += *value;
    at += end + 1;
  }
  return out;
}

}  // namespace zeroway
