#include "router/wamp/subprotocol.h"

#include <algorithm>
#include <array>
#include <vector>

namespace zeroway {

namespace {

constexpr std::array<std::string_view, kSerializers.size()> kSubprotocols{"wamp.2.json", "wamp.2.msgpack",
                                                                          "wamp.2.cbor"};

std::string_view trimmed(std::string_view word) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!word.empty() && is_space(word.front())) word.remove_prefix(1);
  while (!word.empty() && is_space(word.back())) word.remove_suffix(1);
  return word;
}

// The characters of a token (RFC 9110 §5.6.2).
bool is_token(std::string_view word) {
  static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_letter || kOthers.find(c) != std::string_view::npos;
  });
}

// Empty elements are no elements (RFC 9110 §5.6.1).
std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const auto word = trimmed(list.substr(0, comma)); !word.empty()) words.push_back(word);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

bool has_twice(std::vector<std::string_view> words) {
  std::sort(words.begin(), words.end());
  return std::adjacent_find(words.begin(), words.end()) != words.end();
}

}  // namespace

std::string_view subprotocol_of(Serializer serializer) { return kSubprotocols[static_cast<std::size_t>(serializer)]; }

SubprotocolChoice choose_subprotocol(std::string_view offered, SerializerSet served, RequireSubprotocol require) {
  using Verdict = SubprotocolChoice::Verdict;
  const auto words = words_of(offered);
  if (!std::all_of(words.begin(), words.end(), is_token)) return {Verdict::malformed};
  if (has_twice(words)) return {Verdict::offered_twice};
  for (const std::string_view word : words)
    for (const Serializer serializer : kSerializers)
      if (word == subprotocol_of(serializer) && served.contains(serializer)) return {Verdict::chosen, serializer};
  const bool may_assume = require == RequireSubprotocol::no && served.contains(Serializer::json);
  return {may_assume ? Verdict::assumed : Verdict::none_fits, Serializer::json};
}

std::string subprotocol_refusal(SubprotocolChoice::Verdict verdict, SerializerSet served) {
  if (verdict == SubprotocolChoice::Verdict::malformed) return "Sec-WebSocket-Protocol is no list of subprotocols";
  if (verdict == SubprotocolChoice::Verdict::offered_twice) return "Sec-WebSocket-Protocol lists a subprotocol twice";
  std::string text = "this WebSocket speaks one of the subprotocols";
  char before = ' ';
  for (const Serializer serializer : kSerializers) {
    if (!served.contains(serializer)) continue;
    text.append(before == ' ' ? " " : ", ").append(subprotocol_of(serializer));
    before = ',';
  }
  return text;
}

}  // namespace zeroway
