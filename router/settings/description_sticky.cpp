#include "router/settings/description_sticky.h"

#include <optional>
#include <string_view>
#include <utility>

#include "router/settings/description_permits.h"
#include "router/settings/option_groups.h"
#include "router/settings/port_range.h"

namespace zeroway {

namespace {

constexpr std::string_view kHeader = "header:";

// RFC 6265 §4.1.1: a token, as the name of a field is.
bool is_cookie_name(const std::string& text) { return take_field_name(text).has_value(); }

Fit read_ports(SessionSettings& sessions, const Value& value) {
  const auto text = take_text(value);
  if (!text.value) return text.fit;
  const auto range = read_port_range(*text.value);
  if (!range) return Fit::no;
  sessions.ports = *range;
  return Fit::yes;
}

}  // namespace

const std::vector<std::string>& sticky_words() {
  static const std::vector<std::string> kWords{"cookie", "address", "off"};
  return kWords;
}

Fit read_sticky(StickySettings& sticky, const Value& value) {
  if (value.node.kind == Node::Kind::flag) {
    sticky.by = value.node.flag ? StickyBy::cookie : StickyBy::nothing;
    return Fit::yes;
  }
  const auto word = take_text(value);
  if (!word.value) return word.fit;
  if (word.value->starts_with(kHeader)) {
    auto field = take_field_name(word.value->substr(kHeader.size()));
    if (!field) return Fit::no;
    sticky.by = StickyBy::field;
    sticky.field = std::move(*field);
    return Fit::yes;
  }
  for (const auto& [text, by] : {std::pair<std::string_view, StickyBy>{"cookie", StickyBy::cookie},
                                 {"true", StickyBy::cookie},
                                 {"address", StickyBy::address},
                                 {"off", StickyBy::nothing},
                                 {"false", StickyBy::nothing}}) {
    if (text != *word.value) continue;
    sticky.by = by;
    return Fit::yes;
  }
  return Fit::no;
}

void describe_sticky_cookie(Keys<BalanceSettings>& keys) {
  using S = BalanceSettings;
  keys.text(
          "sticky_cookie", [](S& s) -> std::string& { return s.sticky.cookie; }, is_cookie_name, "the name of a cookie",
          "", "Name of the cookie, which no backend sees")
      .time(
          "sticky_max_age", [](S& s) -> Millis& { return s.sticky.max_age; }, Millis(1'000), Zero::is_off,
          "Time that the cookie lives behind the last reply; 0 = until the browser ends")
      .choice(
          "sticky_same_site", [](S& s) -> SameSite& { return s.sticky.same_site; },
          std::vector<std::pair<std::string, SameSite>>{
              {"lax", SameSite::lax}, {"strict", SameSite::strict}, {"none", SameSite::none}},
          "SameSite of the cookie; browsers take none over TLS only");
}

void describe_sessions(Keys<SessionSettings>& keys) {
  using S = SessionSettings;
  keys.flag("enabled", &S::enabled, "Serve the services that workers announce (--app), at /SESSION/SERVICE/")
      .flag_option(kRequests, "--sessions", true,
                   "Serve the services that workers announce (--app), at /SESSION/SERVICE/")
      .flag("strip_prefix", &S::strip_prefix, "Workers do not see /SESSION/SERVICE; X-Forwarded-Prefix tells them")
      .flag("rewrite_location", &S::rewrite_location, "Location of replies gets /SESSION/SERVICE again")
      .flag("rewrite_cookie_path", &S::rewrite_cookie_path, "The same for the Path of cookies")
      .other("sticky_sessions", "HOW", kStickyForms, "false", "",
             "Whether requests of one client go to the same worker of a service",
             [](S& target, const Value& value) { return read_sticky(target.sticky, value); })
      .words(sticky_words())
      .other("ports", "FIRST-LAST", kPortRangeForms, "", "\"20000-20999\"",
             "Each service gets one of these ports too, on the address where its site listens: there every path is the "
             "service's, over TLS where the site has TLS; a TCP service speaks TCP there",
             read_ports)
      .option(kRequests, "--session-ports", "FIRST-LAST");
  describe_permits(keys);
}

}  // namespace zeroway
