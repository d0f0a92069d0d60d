#include "router/settings/crossbar/keys_of.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "router/settings/limits.h"

namespace zeroway::crossbar {

std::string type_of(const Node& node, const std::string& where, Reading& reading) {
  const std::string name = reading.join(where, "type");
  if (node.kind != Node::Kind::table) {
    reading.error(node.place, where + " = " + node.show() + ": wants a table");
    return "";
  }
  const Node* type = node.find("type");
  if (type == nullptr) {
    reading.error(node.place, name + " is missing");
  } else if (type->kind != Node::Kind::text || type->text.empty()) {
    reading.misfit(*type, name, "a text");
  } else {
    return type->text;
  }
  return "";
}

Fit read_socket_path(std::string& target, const Value& value) {
  const auto path = take_text(value);
  if (!path.value) return path.fit;
  if (path.value->empty() || path.value->find('\0') != std::string::npos) return Fit::no;
  std::string whole = std::filesystem::absolute(value.reading.resolve(*path.value)).lexically_normal().string();
  if (whole.size() > kLongestSocketPath) {
    value.reading.error(value.node.place, value.where + ": " + whole + " has " + std::to_string(whole.size()) +
                                              " bytes: wants at most " + std::to_string(kLongestSocketPath));
    return Fit::said;
  }
  target = std::move(whole);
  return Fit::yes;
}

std::string variable_in(const std::string& text) {
  const bool has_braces = text.starts_with("${") && text.ends_with('}');
  if (!text.starts_with('$')) return "";
  const std::string name = has_braces ? text.substr(2, text.size() - 3) : text.substr(1);
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), is_letter);
  return is_name ? "${" + name + "}" : "";
}

Node without(const Node& node, std::string_view key) {
  Node rest = node;
  std::erase_if(rest.children, [key](const Node& child) { return child.key == key; });
  return rest;
}

}  // namespace zeroway::crossbar
