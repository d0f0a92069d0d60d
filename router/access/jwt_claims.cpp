#include "router/access/jwt_claims.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "router/access/limits.h"

namespace zeroway {

namespace {

Error refused(std::string why) { return {Fault::client, Code::unauthorized, false, std::move(why)}; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::optional<double> number_of(const Node& node) {
  if (node.kind == Node::Kind::number) return static_cast<double>(node.number);
  if (node.kind == Node::Kind::real && std::isfinite(node.real)) return node.real;
  return std::nullopt;
}

Result<> check_times(const Node& claims, const JwtRule& rule, Seconds now) {
  const Node* end = claims.find("exp");
  if (end == nullptr && rule.wants_expiry) return refused("the token has no exp");
  const Seconds leeway = rule.leeway;
  if (end != nullptr) {
    const auto number = number_of(*end);
    if (!number) return refused("the token's exp is no number");
    if (now >= Seconds(*number) + leeway) return refused("the token has expired");
  }
  if (const Node* begin = claims.find("nbf")) {
    const auto number = number_of(*begin);
    if (!number) return refused("the token's nbf is no number");
    if (now + leeway < Seconds(*number)) return refused("the token is not valid yet");
  }
  return {};
}

bool names_issuer(const Node* issuer, const JwtRule& rule) {
  return issuer != nullptr && issuer->kind == Node::Kind::text && contains(rule.issuers, issuer->text);
}

// RFC 7519 §4.1.3: one text, or a list of them.
bool names_audience(const Node* audience, const JwtRule& rule) {
  if (audience == nullptr) return false;
  if (audience->kind == Node::Kind::text) return contains(rule.audiences, audience->text);
  return audience->kind == Node::Kind::list &&
         std::any_of(audience->children.begin(), audience->children.end(), [&](const Node& one) {
           return one.kind == Node::Kind::text && contains(rule.audiences, one.text);
         });
}

std::optional<std::string> text_of(const Node& claim) {
  switch (claim.kind) {
    case Node::Kind::text:
      return claim.text;
    case Node::Kind::number:
      return std::to_string(claim.number);
    case Node::Kind::flag:
      return claim.flag ? "true" : "false";
    case Node::Kind::real: {
      char text[32];
      const auto written = std::to_chars(text, text + sizeof(text), claim.real);
      return std::string(text, written.ptr);
    }
    case Node::Kind::list:
    case Node::Kind::table:
    case Node::Kind::other:
      break;
  }
  return std::nullopt;
}

// RFC 8693 §4.2: scopes are words in one text.
bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool is_wanted(const Node& claim, const JwtRule::Wanted& wanted) {
  if (claim.kind == Node::Kind::list)
    return std::any_of(claim.children.begin(), claim.children.end(),
                       [&](const Node& one) { return one.kind != Node::Kind::list && is_wanted(one, wanted); });
  const auto text = text_of(claim);
  if (!text) return false;
  const bool has_words = wanted.claim == "scope" || wanted.claim == "scp";
  return std::any_of(wanted.values.begin(), wanted.values.end(),
                     [&](const std::string& value) { return *text == value || (has_words && has_word(*text, value)); });
}

}  // namespace

const Node* find_claim(const Node& claims, std::string_view name) {
  if (claims.kind != Node::Kind::table) return nullptr;
  if (const Node* claim = claims.find(name)) return claim;
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const Node* inside = claims.find(name.substr(0, dot));
  return inside == nullptr ? nullptr : find_claim(*inside, name.substr(dot + 1));
}

std::optional<Seconds> expiry_of(const Node& claims) {
  const Node* const end = claims.find("exp");
  const auto number = end == nullptr ? std::nullopt : number_of(*end);
  return number ? std::optional(Seconds(*number)) : std::nullopt;
}

Result<> check_claims(const Node& claims, const JwtRule& rule, Seconds now) {
  if (auto checked = check_times(claims, rule, now); !checked) return checked;
  if (!rule.issuers.empty() && !names_issuer(claims.find("iss"), rule))
    return refused("the token is of another issuer, or names none");
  if (!rule.audiences.empty() && !names_audience(claims.find("aud"), rule))
    return refused("the token is for another audience, or names none");
  return {};
}

const JwtRule::Wanted* missing_claim(const Node& claims, const JwtRule& rule) {
  for (const JwtRule::Wanted& wanted : rule.wanted) {
    const Node* claim = find_claim(claims, wanted.claim);
    if (claim == nullptr || !is_wanted(*claim, wanted)) return &wanted;
  }
  return nullptr;
}

std::optional<std::string> field_of(const Node& claim) {
  std::string value;
  if (claim.kind == Node::Kind::list) {
    for (const Node& one : claim.children) {
      const auto text = text_of(one);
      if (!text || text->find(',') != std::string::npos) return std::nullopt;
      value.append(&one == &claim.children.front() ? "" : ",").append(*text);
    }
  } else if (const auto text = text_of(claim)) {
    value = *text;
  } else {
    return std::nullopt;
  }
  if (value.size() > kMaxClaimField || std::any_of(value.begin(), value.end(), is_control)) return std::nullopt;
  return value;
}

}  // namespace zeroway
