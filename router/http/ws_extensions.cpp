#include "router/http/ws_extensions.h"

#include <algorithm>
#include <string_view>

#include "router/http/h1_framing.h"

namespace zeroway {
namespace {

// Reads the field's tokens, separators and quoted tokens one after the other.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) { skip_space(); }

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] bool take(char separator) {
    if (!rest_.starts_with(separator)) return false;
    rest_.remove_prefix(1);
    skip_space();
    return true;
  }
  // Empty when no token is next.
  [[nodiscard]] std::string_view token() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), h1::is_token_char);
    const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    skip_space();
    return token;
  }
  // A quoted value is a token between quotes. Escapes are refused: a token's characters never need one.
  [[nodiscard]] std::string_view value() {
    if (!rest_.starts_with('"')) return token();
    rest_.remove_prefix(1);
    const auto inside = token();
    return take('"') ? inside : std::string_view{};
  }

 private:
  void skip_space() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

// One permessage-deflate offer, built up by its parameters.
class Offer {
 public:
  void parameter(std::string_view name, bool has_value, std::string_view value) {
    if (name == "server_no_context_takeover") {
      flag(server_no_takeover_, has_value);
    } else if (name == "client_no_context_takeover") {
      flag(client_no_takeover_, has_value);
    } else if (name == "server_max_window_bits") {
      is_good_ = is_good_ && server_bits_ == 0 && has_value;
      bits(server_bits_, value);
    } else if (name == "client_max_window_bits") {
      is_good_ = is_good_ && !may_limit_client_;
      may_limit_client_ = true;
      if (has_value) bits(client_bits_, value);
    } else {
      is_good_ = false;
    }
  }

  [[nodiscard]] std::optional<WsExtensions> accept(const WebSocketDeflate& wishes) const {
    if (!is_good_) return {};
    if (wishes.request_max_window_bits != 0 && !may_limit_client_) return {};
    WsExtensions agreed;
    agreed.reply = "permessage-deflate";
    WsDeflateTerms terms;
    terms.memory_level = static_cast<std::uint8_t>(wishes.memory_level);
    terms.our_takeover = !server_no_takeover_ && !wishes.no_context_takeover;
    terms.their_takeover = !client_no_takeover_ && !wishes.request_no_context_takeover;
    if (!terms.our_takeover) agreed.reply += "; server_no_context_takeover";
    if (!terms.their_takeover) agreed.reply += "; client_no_context_takeover";
    terms.our_window_bits = smaller(server_bits_, wishes.max_window_bits);
    // A smaller window of ours than the client knows of is no harm to it, and not every client expects this parameter.
    if (server_bits_ != 0) {
      agreed.reply += "; server_max_window_bits=" + std::to_string(terms.our_window_bits);
    }
    terms.their_window_bits = smaller(client_bits_, wishes.request_max_window_bits);
    if (client_bits_ != 0 || wishes.request_max_window_bits != 0) {
      agreed.reply += "; client_max_window_bits=" + std::to_string(terms.their_window_bits);
    }
    agreed.deflate = terms;
    return agreed;
  }

 private:
  void flag(bool& flag, bool has_value) {
    is_good_ = is_good_ && !flag && !has_value;
    flag = true;
  }
  // RFC 7692 §7.1.2: 8 to 15 in decimal, without leading zeros.
  void bits(std::uint8_t& bits, std::string_view value) {
    for (std::uint8_t number = 8; number <= 15; ++number) {
      if (value == std::to_string(number)) bits = number;
    }
    is_good_ = is_good_ && bits != 0;
  }
  // 0 means no limit.
  static std::uint8_t smaller(std::uint32_t one, std::uint32_t other) {
    return static_cast<std::uint8_t>(std::min(one == 0 ? 15 : one, other == 0 ? 15 : other));
  }

  bool is_good_ = true;
  bool server_no_takeover_ = false;
  bool client_no_takeover_ = false;
  bool may_limit_client_ = false;
  std::uint8_t server_bits_ = 0;
  std::uint8_t client_bits_ = 0;
};

// Reads 1#extension and calls `each(name, offer)`. False when `text` does not follow the grammar.
template <class Each>
bool read_list(std::string_view text, Each each) {
  Cursor cursor(text);
  while (!cursor.is_at_end()) {
    if (cursor.take(',')) continue;
    const auto name = cursor.token();
    if (name.empty()) return false;
    Offer offer;
    while (cursor.take(';')) {
      const auto parameter = cursor.token();
      const bool has_value = cursor.take('=');
      const auto value = has_value ? cursor.value() : std::string_view{};
      if (parameter.empty() || (has_value && value.empty())) return false;
      offer.parameter(parameter, has_value, value);
    }
    if (!cursor.is_at_end() && !cursor.take(',')) return false;
    each(name, offer);
  }
  return true;
}

}  // namespace

Result<WsExtensions> agree_on_extensions(const Head& request, const std::optional<WebSocketDeflate>& wishes) {
  WsExtensions agreed;
  for (const Field field : request) {
    if (field.name != "sec-websocket-extensions") continue;
    const bool is_list = read_list(field.value, [&](std::string_view name, const Offer& offer) {
      if (agreed.deflate || !wishes || name != "permessage-deflate") return;
      if (auto accepted = offer.accept(*wishes)) agreed = std::move(*accepted);
    });
    if (!is_list) return Error{Fault::client, Code::bad_request, false, "Sec-WebSocket-Extensions that is no list"};
  }
  return agreed;
}

}  // namespace zeroway
