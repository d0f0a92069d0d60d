// Reads a tree by its description: each key's value goes into the struct's member, each error into the reading.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: whether the values fit together (settings/site_checks.h).
#pragma once
#include <string>

#include "router/settings/table.h"

namespace zeroway {

// One value of `key` goes into `target`, the struct of the key's table; or an error into `reading`, which calls it
// `where`.
void read_value(const Key& key, const Node& value, const std::string& where, void* target, Reading& reading);

// `where` is how errors call the table: "" for the whole file. The keys are read in the order of the description, its
// own keys before its tables.
void read_table(const Table& table, const Node& node, const std::string& where, void* target, Reading& reading);

}  // namespace zeroway
