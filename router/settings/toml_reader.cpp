#include "router/settings/toml_reader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "router/settings/limits.h"

namespace zeroway {

namespace {

FilePlace place_of(const toml::source_position& position) { return {position.line, position.column}; }

Node to_node(const toml::node& value);

void add_members(const toml::table& table, Node& node) {
  for (const auto& [key, value] : table) {
    Node child = to_node(value);
    child.key = key.str();
    child.key_place = place_of(key.source().begin);
    node.children.push_back(std::move(child));
  }
  // toml++ sorts by name.
  std::sort(node.children.begin(), node.children.end(), [](const Node& one, const Node& other) {
    return std::tie(one.key_place.line, one.key_place.column) < std::tie(other.key_place.line, other.key_place.column);
  });
}

void set_value(const toml::node& value, Node& node) {
  if (const auto* flag = value.as_boolean()) {
    node.kind = Node::Kind::flag;
    node.flag = flag->get();
  } else if (const auto* number = value.as_integer()) {
    node.kind = Node::Kind::number;
    node.number = number->get();
  } else if (const auto* real = value.as_floating_point()) {
    node.kind = Node::Kind::real;
    node.real = real->get();
  } else if (const auto* text = value.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
  } else {
    node.text = "a date or time";
  }
}

Node to_node(const toml::node& value) {
  Node node;
  node.place = place_of(value.source().begin);
  if (const toml::table* table = value.as_table()) {
    node.kind = Node::Kind::table;
    add_members(*table, node);
  } else if (const toml::array* list = value.as_array()) {
    node.kind = Node::Kind::list;
    for (const toml::node& item : *list) node.children.push_back(to_node(item));
  } else {
    set_value(value, node);
  }
  return node;
}

// Where line `number` begins and ends in `text`, its newline included.
std::pair<std::size_t, std::size_t> span_of_line(std::string_view text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < number; ++line) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos) return {text.size(), text.size()};
    begin = end + 1;
  }
  const auto end = text.find('\n', begin);
  return {begin, end == std::string_view::npos ? text.size() : end + 1};
}

std::optional<toml::table> parse(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

// The segments of a key as it is written: `a."b.c"` has two.
std::vector<std::string> segments_of(const std::string& key) {
  std::vector<std::string> segments;
  const auto parsed = parse(key + " = 0");
  for (const toml::table* table = parsed ? &*parsed : nullptr; table && table->size() == 1;) {
    segments.emplace_back(table->begin()->first.str());
    table = table->begin()->second.as_table();
  }
  return segments;
}

// A name that no file has, to find the table that a line belongs to.
constexpr std::string_view kMark = "zeroway-mark-7d1f";

const toml::table* find_marked(const toml::table& table) {
  if (table.contains(kMark)) return &table;
  for (const auto& [key, value] : table) {
    const toml::array* list = value.as_array();
    const toml::node* last = list && !list->empty() ? list->get(list->size() - 1) : &value;
    const toml::table* below = last ? last->as_table() : nullptr;
    const toml::table* found = below ? find_marked(*below) : nullptr;
    if (found) return found;
  }
  return nullptr;
}

// Where `segments` lead from `table`; a table in a list is the list's last one so far.
FilePlace find_key(const toml::table* table, const std::vector<std::string>& segments) {
  FilePlace place;
  for (const std::string& segment : segments) {
    const auto found = table ? table->find(segment) : toml::table::const_iterator{};
    if (!table || found == table->end()) return {};
    place = place_of(found->first.source().begin);
    const toml::array* list = found->second.as_array();
    const toml::node* below = list && !list->empty() ? list->get(list->size() - 1) : &found->second;
    table = below->as_table();
  }
  return place;
}

struct Duplicate {
  std::string key;
  FilePlace first;  // line 0 = not found: both are in one inline table
  FilePlace second;
  bool is_header = false;  // of a table: its keys would land in the table before
};

// toml++ says of a key that is there twice: cannot redefine existing TYPE 'KEY' …
std::optional<Duplicate> find_duplicate(const std::string& text, const toml::parse_error& error) {
  const std::string_view said = error.description();
  const auto quote = said.find('\'');
  if (said.find("cannot redefine existing") == std::string_view::npos || quote == std::string_view::npos) return {};
  Duplicate found;
  found.key = said.substr(quote + 1, said.rfind('\'') - quote - 1);
  found.second = place_of(error.source().begin);
  const auto [begin, end] = span_of_line(text, found.second.line);
  std::string_view line = std::string_view(text).substr(begin, end - begin);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  found.is_header = line.starts_with('[');
  found.second.column = static_cast<std::uint32_t>(line.data() - text.data() - static_cast<std::ptrdiff_t>(begin)) + 1;
  std::string before = text.substr(0, begin);
  if (!found.is_header) before += std::string(kMark) + " = 0\n";
  const auto parsed = parse(before);
  if (parsed) found.first = find_key(found.is_header ? &*parsed : find_marked(*parsed), segments_of(found.key));
  return found;
}

void note(const Duplicate& twice, Reading& reading) {
  const std::string first = twice.first.line > 0 ? "the first is at " + std::to_string(twice.first.line) + ":" +
                                                       std::to_string(twice.first.column)
                                                 : "the first is in the same value";
  reading.error(twice.second, (twice.is_header ? "table " : "key ") + twice.key + " is there twice; " + first);
}

// Takes the line of `place` out of `text`; the other lines keep their numbers.
void blank(std::string& text, FilePlace place) {
  const auto [begin, end] = span_of_line(text, place.line);
  for (std::size_t at = begin; at < end; ++at) {
    if (text[at] != '\n') text[at] = ' ';
  }
}

}  // namespace

std::optional<Node> read_toml(std::string_view text, Reading& reading) {
  std::string left(text);
  std::uint32_t blanked = 0;
  for (std::size_t round = 0; round <= kMostDuplicates; ++round) {
    try {
      return to_node(toml::parse(left));
    } catch (const toml::parse_error& error) {
      const auto twice = find_duplicate(left, error);
      if (!twice) {
        // The rest of a value of several lines whose first line is blank.
        if (blanked > 0 && error.source().begin.line == blanked + 1) return std::nullopt;
        reading.error(place_of(error.source().begin), std::string("not TOML: ") + std::string(error.description()));
        return std::nullopt;
      }
      note(*twice, reading);
      if (twice->is_header || twice->first.line == 0) return std::nullopt;
      blank(left, twice->second);
      blanked = twice->second.line;
    }
  }
  return std::nullopt;
}

}  // namespace zeroway
