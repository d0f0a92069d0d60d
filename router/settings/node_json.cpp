#include "router/settings/node_json.h"

#include <nlohmann/json.hpp>

namespace zeroway {

namespace {

using nlohmann::ordered_json;

// Files of secrets are named, their content is not in the tree.
bool is_secret(const std::string& key) {
  if (key == "ticket") return true;
  if (key.ends_with("_file")) return false;
  for (const char* word : {"api_key", "hmac", "secret", "password", "token", "stored", "server_key", "server-key"})
    if (key.find(word) != std::string::npos) return true;
  return false;
}

enum class Secrets : bool { shown, hidden };

// A number over 2^63 is a text in the tree.
ordered_json other_of(const std::string& text) {
  auto parsed = ordered_json::parse(text, nullptr, false);
  return parsed.is_number() ? parsed : ordered_json(nullptr);
}

ordered_json tree_of(const Node& node, Secrets secrets) {
  switch (node.kind) {
    case Node::Kind::flag:
      return node.flag;
    case Node::Kind::number:
      return node.number;
    case Node::Kind::real:
      return node.real;
    case Node::Kind::text:
      return node.text;
    case Node::Kind::other:
      return other_of(node.text);
    case Node::Kind::list: {
      ordered_json list = ordered_json::array();
      for (const Node& child : node.children) list.push_back(tree_of(child, secrets));
      return list;
    }
    case Node::Kind::table:
      break;
  }
  ordered_json table = ordered_json::object();
  for (const Node& child : node.children) {
    const bool is_hidden = secrets == Secrets::hidden && child.kind == Node::Kind::text && is_secret(child.key);
    table[child.key] = is_hidden ? ordered_json("***") : tree_of(child, secrets);
  }
  return table;
}

}  // namespace

std::string json_of(const Node& node) {
  return tree_of(node, Secrets::hidden).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string json_text_of(const Node& node, int indent) {
  return tree_of(node, Secrets::shown).dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace zeroway
