// Every number of wamp/auth that limits something and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

inline constexpr std::size_t kMostAuthMethods = 32;  // that a HELLO lists: there are nine
inline constexpr std::size_t kLongestAuthText =
    1'024;  // bytes of an authid, a nonce, a key: a table keeps or hashes them
inline constexpr std::size_t kLongestSignature = 8'192;  // bytes of a ticket, which may be a token, or of a signature
inline constexpr std::size_t kMostCookies = 65'536;      // logins that one path remembers: about 20 MiB
inline constexpr std::size_t kLongestShownMethod = 64;   // bytes of a name that a refusal repeats
inline constexpr std::chrono::hours kLongestCookieLife{24 * 3'650};  // of a line in a file that may be of anybody

}  // namespace zeroway
