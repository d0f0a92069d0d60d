#include "router/access/jwt_token.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "router/access/base64.h"
#include "router/access/limits.h"
#include "router/settings/json_reader.h"

namespace zeroway {

namespace {

Error refused(std::string why) { return {Fault::client, Code::bad_request, false, std::move(why)}; }

// Header, claims and signature, as they stand in the token.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view text) {
  if (std::count(text.begin(), text.end(), '.') != 2) return std::nullopt;
  const auto first = text.find('.');
  const auto second = text.find('.', first + 1);
  return std::array{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

std::optional<Node> read_object(std::string_view part) {
  const auto text = decode_base64url(part);
  if (!text) return std::nullopt;
  Reading reading("token", Notation::json, {});
  auto node = read_json(*text, reading);
  if (!node || reading.has_errors() || node->kind != Node::Kind::table) return std::nullopt;
  return node;
}

// The text of a member; nothing when it is no text, "" when it is absent.
std::optional<std::string> text_of(const Node& object, std::string_view name) {
  const Node* member = object.find(name);
  if (member == nullptr) return "";
  if (member->kind != Node::Kind::text) return std::nullopt;
  return member->text;
}

}  // namespace

Result<JwtToken> read_jwt(std::string_view text) {
  if (text.size() > kMaxToken) return refused("a token of " + std::to_string(text.size()) + " bytes");
  const auto parts = parts_of(text);
  if (!parts) return refused("the token has not three parts");
  const auto header = read_object((*parts)[0]);
  if (!header) return refused("the token's header is no JSON object in base64url");
  if (header->find("crit") != nullptr) return refused("the token's header has crit");
  const auto name = text_of(*header, "alg");
  JwtToken token{};
  token.algorithm = name ? jwt_algorithm(*name) : nullptr;
  if (token.algorithm == nullptr) return refused("the token's alg is none that is known here");
  auto id = text_of(*header, "kid");
  if (!id) return refused("the token's kid is no text");
  token.key_id = std::move(*id);
  auto signature = decode_base64url((*parts)[2]);
  if (!signature || signature->empty()) return refused("the token's signature is no base64url");
  token.signature = std::move(*signature);
  token.signed_part = text.substr(0, (*parts)[0].size() + 1 + (*parts)[1].size());
  auto claims = read_object((*parts)[1]);
  if (!claims) return refused("the token's claims are no JSON object in base64url");
  token.claims = std::move(*claims);
  return token;
}

}  // namespace zeroway
