// What is known and found while one configuration file, or one option of the command line, is read.
//
// Owner: read_settings_text or read_option, on its stack.   Thread: the reader's.
// Not here: finding the errors (settings/toml_reader.h, json_reader.h, table_reader.h, site_checks.h).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/node.h"

namespace zeroway {

enum class Notation : std::uint8_t { toml, json, words };  // words: of the command line

// The value of an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

class Reading {
 public:
  Reading(std::string file, Notation notation, Environment environment);

  void error(FilePlace place, const std::string& text);
  // The value of `where` is not as it must be.
  void misfit(const Node& node, const std::string& where, const std::string& wants);
  void warn(FilePlace place, const std::string& text);
  // A key that another server has and that changes nothing here.
  void without_effect(FilePlace place, const std::string& key, const std::string& reason);

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  // "FILE:LINE:COLUMN: …" in the order of the file; of words, only what is wrong.
  [[nodiscard]] std::vector<std::string> errors() const;
  // The same; the last one lists all keys without effect.
  [[nodiscard]] std::vector<std::string> warnings() const;

  [[nodiscard]] Notation notation() const { return notation_; }
  // The path of a file that the configuration names: relative ones are relative to the folder of the configuration.
  // "-", standard output, stays, and so does each word.
  [[nodiscard]] std::string resolve(const std::string& path) const;
  // "line 7", for errors that name a second place.
  [[nodiscard]] static std::string line_of(FilePlace place) { return "line " + std::to_string(place.line); }
  // The name of a key in a table: "sites.port" or "/sites/0/port".
  [[nodiscard]] std::string join(const std::string& where, std::string_view key) const;
  // The name of an entry of a list: "sites.domains[0]" or "/sites/0/domains/0".
  [[nodiscard]] std::string join(const std::string& where, std::size_t index) const;

  // Whether `$$` stays as it is, because a later reader takes it for a dollar.
  enum class Dollars { unescape, keep };
  // `text` with the values of ${NAME}; a word stays as it is. Nothing, and the error is noted, when one is not set or
  // has no '}'.
  [[nodiscard]] std::optional<std::string> expand(const std::string& text, Dollars dollars, FilePlace place,
                                                  const std::string& where);

 private:
  struct Problem {
    FilePlace place;
    std::string text;
  };
  struct Idle {
    FilePlace place;
    std::string key, reason;
  };

  [[nodiscard]] std::string located(const Problem& problem) const;
  [[nodiscard]] std::vector<std::string> in_order(std::vector<Problem> problems) const;

  std::string file_;
  Notation notation_;
  Environment environment_;
  std::vector<Problem> errors_;
  std::vector<Problem> warnings_;
  std::vector<Idle> idle_;
};

}  // namespace zeroway
