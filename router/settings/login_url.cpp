#include "router/settings/login_url.h"

#include <algorithm>
#include <utility>

namespace zeroway {

namespace {

// Where the path of a URL begins, or its query; its size when it has neither.
std::size_t begin_of_path(std::string_view text) {
  if (text.starts_with("unix:")) {
    const auto colon = text.find(":/", 5);
    return colon == std::string_view::npos ? text.size() : colon;
  }
  const auto host = text.find("://");
  return std::min(text.find_first_of("/?#", host == std::string_view::npos ? 0 : host + 3), text.size());
}

bool is_graphic(unsigned char c) { return c > 0x20 && c < 0x7f; }

}  // namespace

Result<LoginUrl> read_login_url(std::string_view text) {
  const std::size_t begin = begin_of_path(text);
  auto target = read_member_url(text.substr(0, begin));
  if (!target) return target.error();
  std::string path(text.substr(begin));
  if (path.starts_with(":/")) path.erase(0, 1);
  if (!path.starts_with('/')) path.insert(0, "/");
  std::string wrong;
  if (target->scheme == MemberScheme::fabric) wrong = "workers cannot be a login service";
  if (path.find('#') != std::string::npos) wrong = "it has a fragment";
  if (!std::all_of(path.begin(), path.end(), is_graphic)) wrong = "it has a space or a control character";
  if (!wrong.empty()) return Error{Fault::router, Code::internal, false, wrong};
  return LoginUrl{std::move(*target), std::move(path)};
}

}  // namespace zeroway
