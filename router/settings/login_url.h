// The URL of a login service: where it is, and which path it is asked for.
//
// Owner: ForwardAuthSettings; a value.   Thread: any.
// Not here: URLs of members of pools, whose path is put in front of others (settings/member_url.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/settings/member_url.h"

namespace zeroway {

struct LoginUrl {
  MemberUrl target;  // without a base
  std::string path;  // with its query
};

inline constexpr const char* kLoginUrlForms = "http://HOST[:PORT][/PATH], https://…, h2c://… or unix:/SOCKET[:/PATH]";

// The error's detail says what is wrong with `text`, without `text` itself.
[[nodiscard]] Result<LoginUrl> read_login_url(std::string_view text);

}  // namespace zeroway
