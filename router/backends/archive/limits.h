// Every number of archives that limits something, with its reason.
#pragma once
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::uint64_t kMostMembers = 100'000;  // of one archive: each becomes a file
inline constexpr std::uint64_t kMostUnpacked = std::uint64_t{1}
                                               << 30;  // bytes of all members: a bomb of 42 KiB unpacks to petabytes
inline constexpr std::size_t kMostMemberName = 1'024;  // bytes: longer ones are no paths of web pages
inline constexpr std::size_t kUnpackSize = 262'144;    // bytes that are read at once

}  // namespace zeroway
