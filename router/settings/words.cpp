#include "router/settings/words.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "router/settings/limits.h"

namespace zeroway {

namespace {

bool is_graphic(unsigned char c) { return c > 0x20 && c != 0x7f; }

bool is_v6(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_label(std::string_view label) {
  const auto is_label_char = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_label_char);
}

std::optional<std::uint16_t> read_status(std::string_view text) {
  std::uint16_t status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error != std::errc{} || end != text.data() + text.size() || status < 100 || status > 599) return std::nullopt;
  return status;
}

}  // namespace

bool is_site_host(const std::string& text) {
  if (is_v6(text)) return true;
  std::string_view name = text;
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.size() > kLongestHostname) return false;
  while (true) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_path(const std::string& text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), is_graphic) &&
         text.find_first_of("?#") == std::string::npos;
}

bool is_path_or_none(const std::string& text) { return text.empty() || is_path(text); }

bool is_method(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isupper(c) || c == '-'; });
}

bool is_file_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string::npos;
}

bool is_path_below(const std::string& text) {
  return !text.empty() && ("/" + text + "/").find("/../") == std::string::npos;
}

bool is_http_url(const std::string& text) {
  const auto is_long = [&](std::string_view scheme) { return text.starts_with(scheme) && text.size() > scheme.size(); };
  return (is_long("http://") || is_long("https://")) && std::all_of(text.begin(), text.end(), is_graphic);
}

// A path that begins with two slashes, or a slash and a backslash, is another host for a browser.
bool is_redirect_target(const std::string& text) {
  constexpr std::string_view kScheme = "$scheme";
  if (is_http_url(text) || (text.starts_with(kScheme) && is_http_url("http" + text.substr(kScheme.size()))))
    return true;
  const bool leaves = text.starts_with("//") || text.starts_with("/\\");
  return text.starts_with('/') && !leaves && std::all_of(text.begin(), text.end(), is_graphic);
}

std::optional<StatusRange> read_statuses(const std::string& text) {
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    const auto first = static_cast<std::uint16_t>((text[0] - '0') * 100);
    return StatusRange{first, static_cast<std::uint16_t>(first + 99)};
  }
  const auto dash = text.find('-');
  const auto first = read_status(std::string_view(text).substr(0, dash));
  const auto last = dash == std::string::npos ? first : read_status(std::string_view(text).substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return StatusRange{*first, *last};
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace zeroway
