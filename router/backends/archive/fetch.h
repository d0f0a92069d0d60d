// Fetches a file over HTTP or HTTPS and puts it in its place, whole and checked, or not at all.
//
//     ask ── 200: pieces ──▶ FILE.new-… ── all there, and the hash is right ──▶ FILE
//      ▲└── 301 … 308: the next URL                │
//      └────────────────┘            anything is wrong: FILE.new-… is removed
//
// Owner: nobody; a free function.   Thread: any that runs no loop; waits for the network and the disk.
// Not here: which archives are wanted (router/archive_downloads.h), unpacking (archive/unpack.h).
#pragma once
#include <string>
#include <vector>

#include "proto/error.h"

namespace zeroway {

struct FetchWish {
  std::string url;                  // http or https; https never leads to http
  std::string file;                 // the folder above it is there
  std::vector<std::string> hashes;  // SHA-256, hex digits in lower case; none = any content
  std::string ca_file{};            // for https; "" = the system's authorities
};

// The error names the URL, or the file.
[[nodiscard]] Result<> fetch(const FetchWish& wish);

}  // namespace zeroway
