#include "router/access/authorization.h"

#include <algorithm>
#include <cctype>

#include "router/access/base64.h"
#include "router/access/limits.h"

namespace zeroway {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

Result<std::optional<Authorization>> read_authorization(const Head& head) {
  const auto value = head.find("authorization");
  if (!value) return std::optional<Authorization>();
  if (head.count("authorization") > 1)
    return Error{Fault::client, Code::bad_request, false, "more than one Authorization field"};
  Authorization read;
  const auto space = std::min(value->find(' '), value->size());
  read.scheme = value->substr(0, space);
  std::transform(read.scheme.begin(), read.scheme.end(), read.scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  read.credentials = value->substr(space);
  while (read.credentials.starts_with(' ')) read.credentials.remove_prefix(1);
  return std::optional(std::move(read));
}

std::optional<Credentials> read_credentials(std::string_view credentials) {
  constexpr std::size_t kMostText = (kMaxUserName + 1 + kMaxPassword + 2) / 3 * 4;
  if (credentials.size() > kMostText) return std::nullopt;
  const auto text = decode_base64(credentials);
  if (!text) return std::nullopt;
  const auto colon = text->find(':');
  if (colon == std::string::npos || std::any_of(text->begin(), text->end(), is_control)) return std::nullopt;
  Credentials login{text->substr(0, colon), text->substr(colon + 1)};
  if (login.user.empty() || login.user.size() > kMaxUserName || login.password.size() > kMaxPassword)
    return std::nullopt;
  return login;
}

}  // namespace zeroway
