// The options of the command line that are keys of a file, too.
//
// Owner: the command line's parser.   Thread: any, at the start.
// An option reads its words as its key reads a value, so that both take and refuse the same.
// Not here: which keys are options (settings/description.h), options that no file has (settings/command_line.cpp).
#pragma once
#include <string>
#include <vector>

#include "router/settings/table.h"

namespace zeroway {

// Stays good as long as the table and the target that it came from.
struct KeyOption {
  const Key* key;
  void* target;  // the struct of the key's table
};

// `target` is the struct of `table`. In the order of the description.
[[nodiscard]] std::vector<KeyOption> key_options(const Table& table, void* target);

// The name that errors use: the long one of "-p,--port".
[[nodiscard]] std::string long_name(const std::string& names);
// The option's line in the help: what it is for, its choices, and its default in brackets.
[[nodiscard]] std::string help_of(const Key& key);

// Sets what the option says: none of `words` for a flag, several only for a list. Returns "", or what is wrong with
// which word.
[[nodiscard]] std::string read_option(const KeyOption& option, const std::vector<std::string>& words);

}  // namespace zeroway
