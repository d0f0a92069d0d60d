#include "router/http/ws_handshake.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/detail/sha1.hpp>

#include "router/http/h1_framing.h"

namespace zeroway {
namespace {

namespace beast = boost::beast::detail;

Error bad(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// 16 bytes in base64 are 22 characters and two characters of padding.
bool is_key(std::string_view text) {
  return text.size() == 24 && text.ends_with("==") && std::all_of(text.begin(), text.end() - 2, is_base64);
}

Result<> check_version(const Head& head) {
  if (head.count("sec-websocket-version") > 1) return bad("Sec-WebSocket-Version twice");
  const auto version = head.find("sec-websocket-version").value_or(std::string_view{});
  if (version == "13") return {};
  return Error{Fault::client, Code::upgrade_required, false, "Sec-WebSocket-Version '" + std::string(version) + "'"};
}

std::string join_protocols(const Head& head) {
  std::string all;
  for (const Field field : head) {
    if (field.name == "sec-websocket-protocol") all.append(all.empty() ? "" : ", ").append(field.value);
  }
  return all;
}

bool is_ours(std::string_view name) {
  return name == "sec-websocket-key" || name == "sec-websocket-version" || name == "sec-websocket-extensions" ||
         name == "sec-websocket-accept" || name == "content-length" || name == "expect";
}

void make_connect(Head& head) {
  Head made{{":method", "CONNECT"}, {":protocol", "websocket"}};
  for (const Field field : head) {
    if (field.name != ":method" && field.name != ":protocol" && !is_ours(field.name)) made.add(field.name, field.value);
  }
  std::swap(head, made);
}

// The fields with the client's extensions, once they follow the grammar.
Result<Head> read_offers(const Head& head) {
  Head offers;
  for (const Field field : head) {
    if (field.name == "sec-websocket-extensions") offers.add(field.name, field.value);
  }
  if (auto good = agree_on_extensions(offers, std::nullopt); !good) return std::move(good).error();
  return offers;
}

Result<WsHandshake> read_common(Head& head) {
  if (head.authority().empty()) return bad("a WebSocket's opening without a host");
  if (auto good = check_version(head); !good) return std::move(good).error();
  auto offers = read_offers(head);
  if (!offers) return std::move(offers).error();
  WsHandshake handshake{{}, join_protocols(head), std::move(*offers)};
  make_connect(head);
  return handshake;
}

bool is_offered(std::string_view protocols, std::string_view chosen) {
  bool found = false;
  h1::for_each_in_list(protocols, [&](std::string_view one) { found = found || (one == chosen && !one.empty()); });
  return found;
}

}  // namespace

std::string accept_key(std::string_view key) {
  constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  beast::sha1_context context;
  std::array<char, beast::sha1_context::digest_size> digest;
  beast::init(context);
  beast::update(context, key.data(), key.size());
  beast::update(context, kGuid.data(), kGuid.size());
  beast::finish(context, digest.data());
  std::string text(beast::base64::encoded_size(digest.size()), '\0');
  text.resize(beast::base64::encode(text.data(), digest.data(), digest.size()));
  return text;
}

Result<WsHandshake> read_ws_upgrade(Head& head) {
  const std::string key(head.find("sec-websocket-key").value_or(std::string_view{}));
  const auto keys = head.count("sec-websocket-key");
  auto handshake = read_common(head);
  if (!handshake) return handshake;
  if (keys != 1) return bad("Sec-WebSocket-Key " + std::to_string(keys) + " times");
  if (!is_key(key)) return bad("a Sec-WebSocket-Key that is not 16 bytes in base64");
  handshake->accept = accept_key(key);
  return handshake;
}

Result<WsHandshake> read_ws_connect(Head& head) { return read_common(head); }

std::optional<WsDeflateTerms> finish_ws_reply(const WsHandshake& handshake,
                                              const std::optional<WebSocketDeflate>& wishes, Head& reply) {
  const auto agreed = agree_on_extensions(handshake.offers, wishes);  // cannot fail: read_offers() has read them
  const std::string chosen(reply.find("sec-websocket-protocol").value_or(std::string_view{}));
  for (const auto name : {"content-length", "sec-websocket-accept", "sec-websocket-extensions",
                          "sec-websocket-protocol", "sec-websocket-version"}) {
    reply.remove(name);
  }
  if (!handshake.accept.empty()) reply.add("sec-websocket-accept", handshake.accept);
  if (!agreed->reply.empty()) reply.add("sec-websocket-extensions", agreed->reply);
  if (is_offered(handshake.protocols, chosen)) reply.add("sec-websocket-protocol", chosen);
  return agreed->deflate;
}

}  // namespace zeroway
