#include "router/settings/keys.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace zeroway {

namespace {

bool is_field_value(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

// Fields that say how a message is framed or what a connection is for (RFC 9110 §7.6.1, RFC 9112 §6): a rule for one of
// them would break messages, or let a client smuggle requests.
bool is_framing_field(const std::string& name) {
  constexpr std::array<std::string_view, 8> kFraming{
      "connection", "content-length", "keep-alive",        "proxy-connection",
      "te",         "trailer",        "transfer-encoding", "upgrade"};
  return std::find(kFraming.begin(), kFraming.end(), name) != kFraming.end();
}

std::optional<std::string> read_field_name(const Value& value, const Node& node, const std::string& name) {
  auto lower = take_field_name(name);
  if (lower && !is_framing_field(*lower)) return lower;
  const FilePlace place = node.key == name ? node.key_place : node.place;
  value.reading.error(place, value.where + ": '" + name + "' is " +
                                 (lower ? "the router's own: it frames messages" : "no name of a field"));
  return std::nullopt;
}

bool read_field(const Value& value, const Node& node, std::vector<FieldRule>& target) {
  const auto name = read_field_name(value, node, node.key);
  if (!name) return false;
  const std::string where = value.reading.join(value.where, node.key);
  const auto text = take_text({node, where, value.reading}, Reading::Dollars::keep);
  if (text.fit == Fit::said) return false;
  if (!text.value || !is_field_value(*text.value)) {
    value.reading.misfit(node, where, "a text without control characters");
    return false;
  }
  const auto found =
      std::find_if(target.begin(), target.end(), [&](const FieldRule& rule) { return rule.name == *name; });
  FieldRule& rule = found == target.end() ? target.emplace_back() : *found;
  rule = {*name, *text.value, node.place};
  return true;
}

}  // namespace

Fit read_texts(const Value& value, Check check, const std::string& wants, std::vector<std::string>& target) {
  if (value.node.kind != Node::Kind::list) return Fit::no;
  std::vector<std::string> texts;
  bool is_good = true;
  for (const Node& item : value.node.children) {
    const auto index = static_cast<std::size_t>(&item - value.node.children.data());
    const std::string where = value.reading.join(value.where, index);
    const auto text = take_text({item, where, value.reading});
    if (text.value && check(*text.value)) {
      texts.push_back(*text.value);
      continue;
    }
    if (text.fit != Fit::said) value.reading.misfit(item, where, wants);
    is_good = false;
  }
  if (!is_good) return Fit::said;
  target = std::move(texts);
  return Fit::yes;
}

Fit read_paths(const Value& value, std::vector<std::string>& target) {
  const Fit fit = read_texts(value, is_some, "a path", target);
  if (fit != Fit::yes) return fit;
  for (std::string& path : target) path = value.reading.resolve(path);
  return Fit::yes;
}

Fit read_fields(const Value& value, std::vector<FieldRule>& target) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  bool is_good = true;
  for (const Node& child : value.node.children) is_good = read_field(value, child, target) && is_good;
  return is_good ? Fit::yes : Fit::said;
}

Fit read_field_names(const Value& value, std::vector<std::string>& target) {
  const bool is_table = value.node.kind == Node::Kind::table;
  if (!is_table && value.node.kind != Node::Kind::list) return Fit::no;
  bool is_good = true;
  for (const Node& child : value.node.children) {
    if (child.kind != (is_table ? Node::Kind::flag : Node::Kind::text)) {
      const std::string where = is_table ? value.reading.join(value.where, child.key) : value.where;
      value.reading.misfit(child, where, is_table ? "true or false" : "the name of a field");
      is_good = false;
      continue;
    }
    const auto name = read_field_name(value, child, is_table ? child.key : child.text);
    is_good = is_good && name;
    if (!name || (is_table && !child.flag)) continue;
    if (std::find(target.begin(), target.end(), *name) == target.end()) target.push_back(*name);
  }
  return is_good ? Fit::yes : Fit::said;
}

}  // namespace zeroway
