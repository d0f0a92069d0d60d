// Helps to describe the tables of a Crossbar.io node file with the means of our own tables.
//
// Owner: nobody; function templates.   Thread: any.
// Not here: which keys there are (the other files of this folder), reading a table (settings/table_reader.h).
#pragma once
#include <string>
#include <string_view>

#include "router/settings/keys.h"
#include "router/settings/table_reader.h"

namespace zeroway::crossbar {

// Reads the table `node`, whose keys `fill` describes, into `target`. `where`: its JSON pointer.
template <class S, class Fill>
void read_into(S& target, const Node& node, const std::string& where, Reading& reading, Fill fill) {
  Table table;
  Keys<S> keys(table);
  fill(keys);
  read_table(table, node, where, &target, reading);
}

template <class S>
Fit take_any_text(S&, const Value& value) {
  return value.node.kind == Node::Kind::text ? Fit::yes : Fit::no;
}

// For a key whose value another function reads.
template <class S>
Fit leave(S&, const Value&) {
  return Fit::yes;
}

// What every item may say: its type, which is read already, and its id.
template <class S>
Keys<S>& describe_item(Keys<S>& keys) {
  return keys.other("type", "WORD", "a text", "", "", "What it is", take_any_text<S>)
      .other("id", "TEXT", "a text", "", "", "Its name", take_any_text<S>);
}

// Times are milliseconds. A number below a second is nearly always meant in seconds.
template <class S, class At>
Keys<S>& milliseconds(Keys<S>& keys, const char* name, At at, const char* help) {
  return keys.other(name, "N", "0, or milliseconds: a number from 1000 to 86400000", "0", "", help,
                    [at](S& target, const Value& value) {
                      constexpr std::uint64_t kDay = 86'400'000;
                      const auto taken = take_number(value);
                      if (!taken.value) return taken.fit;
                      const auto time = Millis(*taken.value);
                      if (*taken.value > kDay || (time.count() > 0 && time < kLeastWebSocketTime)) return Fit::no;
                      std::invoke(at, target) = time;
                      return Fit::yes;
                    });
}

// The text of the item's key `type`; "" and an error when it has none.
[[nodiscard]] std::string type_of(const Node& node, const std::string& where, Reading& reading);
// The path of a unix socket, made absolute: it must be short, with its folder.
[[nodiscard]] Fit read_socket_path(std::string& target, const Value& value);
// "${NAME}" for a text that is a variable of the environment as a whole: $NAME or ${NAME}; else "".
[[nodiscard]] std::string variable_in(const std::string& text);
// The table without `key`, which is read apart.
[[nodiscard]] Node without(const Node& node, std::string_view key);

}  // namespace zeroway::crossbar
