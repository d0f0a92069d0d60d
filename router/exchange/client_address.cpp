#include "router/exchange/client_address.h"

#include <algorithm>
#include <string>
#include <vector>

#include "proto/ascii.h"

namespace zeroway {

namespace {

using Words = std::vector<std::string_view>;

Words split(std::string_view text, char separator) {
  Words words;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(separator);
    words.push_back(trimmed(text.substr(0, end)));
  }
  return words;
}

// The text with `_` for each byte of a quoted string (RFC 9110 §5.6.4). Unchanged when a quote is left open: with an
// open quote a client could hide the elements that a proxy appended.
std::string without_quoted(std::string_view text) {
  std::string bare(text);
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = is_quoted && text[at] == '\\';
    if (text[at] == '"') {
      is_quoted = !is_quoted;
    } else if (is_quoted) {
      bare[at] = '_';
    }
    if (is_escape && ++at < text.size()) bare[at] = '_';
  }
  return is_quoted ? std::string(text) : bare;
}

// The pieces of `text` between separators that are not in quoted strings.
Words split_unquoted(std::string_view text, char separator) {
  const std::string bare = without_quoted(text);
  Words words = split(bare, separator);
  for (std::string_view& word : words) {
    word = text.substr(static_cast<std::size_t>(word.empty() ? 0 : word.data() - bare.data()), word.size());
  }
  return words;
}

// The value of a parameter in one element of `forwarded` (RFC 7239 §4); "" when the element has none.
std::string_view forwarded_value(std::string_view element, std::string_view name) {
  for (const std::string_view pair : split_unquoted(element, ';')) {
    const std::size_t equals = pair.find('=');
    if (is_same_word(pair.substr(0, equals), name) && equals != std::string_view::npos) return pair.substr(equals + 1);
  }
  return {};
}

// All pieces of the lists in the fields of this name.
template <class Split>
Words all_of(const Head& head, std::string_view name, Split split_list) {
  Words all;
  for (const Field field : head) {
    if (field.name != name) continue;
    const Words words = split_list(field.value, ',');
    all.insert(all.end(), words.begin(), words.end());
  }
  return all;
}

// "192.0.2.1:80", "[2001:db8::1]:80", "\"[2001:db8::1]\"" and each address without a port.
std::string_view bare(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') node = node.substr(1, node.size() - 2);
  if (node.starts_with('[')) return node.substr(1, std::max<std::size_t>(node.find(']'), 1) - 1);
  const std::size_t colon = node.find(':');
  return colon == node.rfind(':') ? node.substr(0, colon) : node;
}

// The first address of `nodes`, read from the end, that is not trusted; `nearest` when there is no such address.
std::string_view walk_back(const Words& nodes, std::string_view nearest, const TrustedNetworks& trusted) {
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const std::string_view address = bare(*node);
    if (!TrustedNetworks::is_address(address)) break;
    nearest = address;
    if (!trusted.contain(address)) break;
  }
  return nearest;
}

}  // namespace

std::string_view client_address(const Head& head, std::string_view peer, const TrustedNetworks& trusted) {
  if (!trusted.contain(peer)) return peer;
  const std::string_view listed = walk_back(all_of(head, "x-forwarded-for", split), peer, trusted);
  if (listed != peer) return listed;
  Words nodes = all_of(head, "forwarded", split_unquoted);
  for (std::string_view& node : nodes) node = forwarded_value(node, "for");
  return walk_back(nodes, peer, trusted);
}

bool came_by_https(const Head& head) {
  const Words schemes = all_of(head, "x-forwarded-proto", split);
  if (!schemes.empty()) return is_same_word(schemes.front(), "https");
  const Words elements = all_of(head, "forwarded", split_unquoted);
  if (elements.empty()) return false;
  const std::string_view scheme = forwarded_value(elements.front(), "proto");
  return is_same_word(scheme, "https") || is_same_word(scheme, "\"https\"");
}

}  // namespace zeroway
