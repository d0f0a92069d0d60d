#include "router/settings/table_reader.h"

#include <algorithm>
#include <vector>

#include "router/settings/limits.h"
#include "router/settings/nearest_word.h"

namespace zeroway {

namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const Key& key : table.keys) names.push_back(key.name);
  for (const Table& below : table.tables) names.push_back(below.name);
  return names;
}

void check_known(const Table& table, const Node& child, const std::string& where, Reading& reading) {
  if (find_named(table.keys, child.key) || find_named(table.tables, child.key)) return;
  const std::string name = reading.join(where, child.key);
  if (const IdleKey* idle = find_named(table.idle, child.key)) {
    return reading.without_effect(child.key_place, name, idle->reason);
  }
  const std::string nearest = nearest_word(child.key, names_of(table));
  reading.error(child.key_place, name + " is no key" + meant(nearest));
}

void read_key(const Key& key, const Node& node, const std::string& where, void* target, Reading& reading) {
  const Node* value = node.find(key.name);
  const std::string name = reading.join(where, key.name);
  if (!value) {
    if (key.is_required) reading.error(node.place, name + " is missing: wants " + key.wants);
    return;
  }
  read_value(key, *value, name, target, reading);
}

void note_places(const Node& node, const std::string& where, Located& located, Reading& reading) {
  located.place = node.place;
  located.where = where;
  located.separator = reading.notation() == Notation::json ? '/' : '.';
  located.keys.clear();  // of a table in whose place this one stands
  for (const Node& child : node.children) located.keys.emplace_back(child.key, child.place);
}

// What a person calls an entry of a list of tables.
std::string label_of(const Node& entry) {
  for (const char* key : {"name", "path"}) {
    const Node* named = entry.find(key);
    if (!named || named->kind != Node::Kind::text || named->text.empty() || named->text.size() > kLongestShown)
      continue;
    const auto is_graphic = [](unsigned char c) { return c > 0x20 && c != 0x7f && c != '(' && c != ')'; };
    if (std::all_of(named->text.begin(), named->text.end(), is_graphic)) return "(" + named->text + ")";
  }
  return "";
}

void read_below(const Table& below, const Node& value, const std::string& name, void* target, Reading& reading) {
  if (below.read_short && value.kind != Node::Kind::table) {
    if (below.read_short(target, {value, name, reading}) == Fit::no)
      reading.error(value.place, name + " = " + value.show() + ": wants a table, or what stands for one");
    return;
  }
  if (below.times != Table::Times::repeated) return read_table(below, value, name, below.enter(target), reading);
  if (value.kind != Node::Kind::list) {
    const std::string form =
        reading.notation() == Notation::json ? "a list of objects" : "a list of tables: [[" + name + "]]";
    return reading.error(value.place, name + " is " + (value.kind == Node::Kind::table ? "one table" : value.show()) +
                                          ": wants " + form);
  }
  for (const Node& entry : value.children) {
    const std::string index = std::to_string(&entry - value.children.data());
    const std::string entry_name = reading.notation() == Notation::json ? name + "/" + index : name + label_of(entry);
    if (entry.kind != Node::Kind::table) {
      reading.error(entry.place, entry_name + " = " + entry.show() + ": wants a table");
    } else {
      read_table(below, entry, entry_name, below.enter(target), reading);
    }
  }
}

// What the user perhaps meant by a wrong choice.
std::string meant(const Key& key, const Node& value) {
  const std::string nearest = value.kind == Node::Kind::text ? nearest_word(value.text, key.words) : "";
  return nearest.empty() ? "" : "; is \"" + nearest + "\" meant?";
}

}  // namespace

void read_value(const Key& key, const Node& value, const std::string& where, void* target, Reading& reading) {
  if (key.read(target, {value, where, reading}) == Fit::no) reading.misfit(value, where, key.wants + meant(key, value));
}

void read_table(const Table& table, const Node& node, const std::string& where, void* target, Reading& reading) {
  if (node.kind != Node::Kind::table) {
    return reading.error(node.place, where + " = " + node.show() + ": wants a table");
  }
  if (table.located) note_places(node, where, *table.located(target), reading);
  for (const Node& child : node.children) check_known(table, child, where, reading);
  for (const Key& key : table.keys) read_key(key, node, where, target, reading);
  for (const Table& below : table.tables) {
    if (const Node* value = node.find(below.name))
      read_below(below, *value, reading.join(where, below.name), target, reading);
  }
}

}  // namespace zeroway
