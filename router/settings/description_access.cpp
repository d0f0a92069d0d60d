#include <utility>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/limits.h"
#include "router/settings/words.h"

namespace zeroway {

namespace {

constexpr const char* kRateKeys = "address, header:FIELD or claim:NAME";

bool is_field_name(const std::string& text) { return text == "*" || take_field_name(text).has_value(); }

bool is_network_or_all(const std::string& text) { return text == "all" || is_network(text); }

// An origin as browsers write it; a `*` in it would let in hosts that only end alike.
bool is_origin(const std::string& text) {
  return text == "*" || (is_origin_pattern(text) && text.find('*') == std::string::npos);
}

Fit read_rate_key(RateSettings& rate, const Value& value) {
  const auto word = take_text(value);
  if (!word.value) return word.fit;
  if (*word.value == "address") {
    rate.key = "address";
    return Fit::yes;
  }
  if (word.value->starts_with("claim:") && word.value->size() > 6) {
    rate.key = *word.value;
    return Fit::yes;
  }
  if (!word.value->starts_with("header:")) return Fit::no;
  const auto field = take_field_name(word.value->substr(7));
  if (field) rate.key = "header:" + *field;
  return field ? Fit::yes : Fit::no;
}

void describe_rate(Keys<RateSettings>& keys) {
  using S = RateSettings;
  keys.located()
      .flag("enabled", &S::enabled, "Whether the limit holds")
      .number("requests_per_second", &S::requests_per_second, 1, kMostRate, "Requests that a client may send a second")
      .number("requests_per_minute", &S::requests_per_minute, 1, kMostRate, "The same for a minute; one of the two")
      .number("burst", &S::burst, 1, kMostRate, "Requests that may come at once; by default as many as the rate names")
      .other(
          "key", "WORD", kRateKeys, "\"address\"", "",
          "What tells clients apart: their address, a field of the request, as header:X-Api-Key, or a claim of the "
          "token that they log in with, as claim:sub (requests without it: their address); by claim, logins come first",
          read_rate_key)
      .number("ipv4_prefix", &S::ipv4_prefix, 8, 32, "Bits of an IPv4 address that are one client")
      .number("ipv6_prefix", &S::ipv6_prefix, 16, 128, "Bits of an IPv6 address that are one client")
      .flag("headers", &S::headers, "RateLimit and RateLimit-Policy on every reply, not only on 429")
      .idle("burst_size", "say burst")
      .idle("whitelist", "say a route without a limit");
}

template <class S>
void describe_rules(Keys<S>& keys) {
  keys.list(
          "allow", [](S& s) -> std::vector<std::string>& { return s.access.allow; }, is_network_or_all,
          "a network, as 10.0.0.0/8, or all", "[\"10.0.0.0/8\"]",
          "Networks whose clients may come; all others get 403. By default all may")
      .list(
          "deny", [](S& s) -> std::vector<std::string>& { return s.access.deny; }, is_network_or_all,
          "a network, as 10.0.0.0/8, or all", "[\"10.9.0.0/16\"]",
          "Networks whose clients get 403, whatever allow says")
      .number(
          "max_open_requests", [](S& s) -> std::uint32_t& { return s.access.max_open_requests; }, 0, kMostOpen,
          "Most open requests, with downloads and WebSockets; further ones get 503; 0 = any number")
      .number(
          "max_open_requests_per_address",
          [](S& s) -> std::uint32_t& { return s.access.max_open_requests_per_address; }, 0, kMostOpen,
          "Most open requests of one IPv4 address or IPv6 /64; further ones get 429; 0 = any number")
      .optional_table(
          "rate_limit", [](S& s) -> std::optional<RateSettings>& { return s.access.rate; },
          "How many requests a client may send; further ones get 429", describe_rate);
}

}  // namespace

void describe_access(Keys<SiteSettings>& keys) { describe_rules(keys); }
void describe_access(Keys<RouteSettings>& keys) { describe_rules(keys); }

void describe_access_control(Keys<AccessControlSettings>& keys) {
  using S = AccessControlSettings;
  keys.located()
      .list("allow_origins", &S::allow_origins, is_origin, "* or SCHEME://HOST[:PORT], without a * in it",
            "[\"https://app.example.com\"]", "Origins whose pages may read replies (CORS); by default none")
      .list("allow_methods", &S::allow_methods, is_method, "a method, as GET", "[\"GET\", \"POST\"]",
            "Methods that their pages may use; by default GET, HEAD and POST")
      .list("allow_headers", &S::allow_headers, is_field_name, "a field's name, or *", "[\"Content-Type\"]",
            "Fields that their pages may send")
      .list("expose_headers", &S::expose_headers, is_field_name, "a field's name, or *", "[\"X-Request-Id\"]",
            "Fields of replies that their pages may read")
      .flag("allow_credentials", &S::allow_credentials, "Whether cookies may go along")
      .time("max_age", &S::max_age, Millis(0), Zero::is_off, "How long a browser may keep the answer; 0 = as it likes");
}

}  // namespace zeroway
