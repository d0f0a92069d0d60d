#include "router/settings/node_json.h"

#include <nlohmann/json.hpp>

namespace zeroway {

namespace {

using nlohmann::ordered_json;

// Files of secrets are named, their content is not in the tree.
bool is_secret(const std::string& key) {
  if (key.ends_with("_file")) return false;
  for (const char* word : {"api_key", "hmac", "secret", "password", "token"})
    if (key.find(word) != std::string::npos) return true;
  return false;
}

ordered_json tree_of(const Node& node) {
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
      return nullptr;
    case Node::Kind::list: {
      ordered_json list = ordered_json::array();
      for (const Node& child : node.children) list.push_back(tree_of(child));
      return list;
    }
    case Node::Kind::table:
      break;
  }
  ordered_json table = ordered_json::object();
  for (const Node& child : node.children)
    table[child.key] = is_secret(child.key) && child.kind == Node::Kind::text ? ordered_json("***") : tree_of(child);
  return table;
}

}  // namespace

std::string json_of(const Node& node) {
  return tree_of(node).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace zeroway
