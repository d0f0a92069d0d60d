#include "router/settings/key_options.h"

#include <charconv>
#include <optional>

#include "router/settings/table_reader.h"

namespace zeroway {

namespace {

bool has_options(const Table& table) {
  for (const Key& key : table.keys) {
    if (!key.option.names.empty()) return true;
  }
  for (const Table& below : table.tables) {
    if (has_options(below)) return true;
  }
  return false;
}

void gather(const Table& table, void* target, std::vector<KeyOption>& options) {
  for (const Key& key : table.keys) {
    if (!key.option.names.empty()) options.push_back({&key, target});
  }
  for (const Table& below : table.tables) {
    // To enter a table can change its parent, so that only those are entered whose keys may be set.
    if (below.times == Table::Times::once && has_options(below)) gather(below, below.enter(target), options);
  }
}

Node text_node(const std::string& word) {
  Node node;
  node.kind = Node::Kind::text;
  node.text = word;
  return node;
}

// Keeps the word as its text, for errors.
Node number_node(const std::string& word) {
  Node node = text_node(word);
  const char* const last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, node.number);
  if (error == std::errc{} && end == last) node.kind = Node::Kind::number;
  return node;
}

Node flag_node(bool value) {
  Node node;
  node.kind = Node::Kind::flag;
  node.flag = value;
  return node;
}

Node list_node(const std::vector<std::string>& words) {
  Node node;
  node.kind = Node::Kind::list;
  for (const std::string& word : words) node.children.push_back(text_node(word));
  return node;
}

Node node_of(const Key& key, const std::vector<std::string>& words) {
  if (key.option.kind.empty()) return flag_node(key.option.value);
  if (key.kind.starts_with("[")) return list_node(words);
  return key.kind == "N" ? number_node(words.front()) : text_node(words.front());
}

// A default as an option has it: without the quotes of a file, and the brackets of its lists.
std::string bare(std::string_view usual) {
  if (usual.starts_with('[')) usual = usual.substr(1, usual.size() - 2);
  std::string out;
  for (const char c : usual) {
    if (c != '"') out += c;
  }
  return out;
}

}  // namespace

std::vector<KeyOption> key_options(const Table& table, void* target) {
  std::vector<KeyOption> options;
  gather(table, target, options);
  return options;
}

std::string long_name(const std::string& names) { return names.substr(names.find("--")); }

std::string help_of(const Key& key) {
  constexpr std::string_view kChoice = "one of ";
  std::string help = key.option.help;
  if (key.wants.starts_with(kChoice)) help += ": " + key.wants.substr(kChoice.size());
  const bool has_word = !key.option.kind.empty();
  return has_word && !key.usual.empty() ? help + " [" + bare(key.usual) + "]" : help;
}

std::string read_option(const KeyOption& option, const std::vector<std::string>& words) {
  const Key& key = *option.key;
  const std::string name = long_name(key.option.names);
  Reading reading("", Notation::words, [](const std::string&) -> std::optional<std::string> { return std::nullopt; });
  read_value(key, node_of(key, words), name, option.target, reading);
  return reading.has_errors() ? reading.errors().front() : "";
}

}  // namespace zeroway
