// Every number of archives that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::uint64_t kMostMembers = 100'000;  // of one archive: each becomes a file
inline constexpr std::uint64_t kMostUnpacked = std::uint64_t{1}
                                               << 30;  // bytes of all members: a bomb of 42 KiB unpacks to petabytes
inline constexpr std::size_t kMostMemberName = 1'024;  // bytes: longer ones are no paths of web pages
inline constexpr std::size_t kUnpackSize = 262'144;    // bytes that are read at once

// fetching an archive
inline constexpr std::uint64_t kMostArchive = std::uint64_t{1} << 30;  // bytes: as many as all members may have
inline constexpr std::chrono::milliseconds kFetchSilence{30'000};      // of the server, then it is given up
inline constexpr std::size_t kMostRedirectBody = 65'536;               // bytes beside a Location, which nobody reads
inline constexpr int kMostRedirects = 5;                               // a release's URL leads on once or twice

}  // namespace zeroway
