// The description of a configuration file: which tables and keys there are, what fits and what each sets.
//
// Owner: whoever called describe_file().   Thread: any.
// The readers, the check, the example and the manual go through the same description, so that each key is written once.
// Not here: the keys themselves (settings/description.h), how one is added (settings/keys.h).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "router/settings/node.h"
#include "router/settings/reading.h"

namespace zeroway {

// One value of a file, and how errors call it.
struct Value {
  const Node& node;
  const std::string& where;
  Reading& reading;
};

enum class Fit : std::uint8_t {
  yes,
  no,    // the reader says what the key wants
  said,  // the error is noted already
};

// How the command line says a key.
struct OptionWords {
  std::string group;  // heading in the help
  std::string names;  // "-p,--port"; "" = only files say the key
  std::string kind;   // what the help calls the word; "" = a flag without a word
  std::string help;
  bool value = true;  // what a flag sets
};

struct Key {
  std::string name;
  std::string kind;    // "TIME", "N", …, for the manual
  std::string wants;   // what fits, for errors: "a time from 1ms to 3650d, as 500ms, …"
  std::string usual;   // the default in the notation of TOML; "" = none
  std::string sample;  // a value for the example of a key that has no default
  std::string help;
  bool is_required = false;
  bool is_shown = false;             // the example has `sample`, not as a comment
  std::vector<std::string> words{};  // of a choice
  OptionWords option{};
  std::function<Fit(void* target, const Value& value)> read;
};

// A key of another server that is accepted and changes nothing; with all that is in it, if it is a table.
struct IdleKey {
  std::string name;
  std::string reason;
};

struct Table {
  enum class Times : std::uint8_t {
    once,
    optional,  // its presence says something
    repeated,  // [[name]]
  };

  std::string name;
  std::string help;
  Times times = Times::once;
  std::vector<Key> keys;
  std::vector<Table> tables;
  std::vector<IdleKey> idle;
  // What the table's keys set, in what its parent's keys set; a repeated one is added.
  std::function<void*(void* parent)> enter;
  // A value that may stand in the place of the table; empty when only a table fits. The help says which.
  std::function<Fit(void* parent, const Value& value)> read_short;
  // Where the places of the keys are kept; empty when nobody needs them.
  std::function<Located*(void* target)> located;
};

}  // namespace zeroway
