// On what terms the replies of a route are coded.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: how a file writes them (router/settings/description_compression.cpp).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "router/coding/coding.h"

namespace zeroway {

struct CodingTerms {
  std::vector<Coding> codings;  // the first of those that a client likes equally; the last one is identity
  // Types of bodies: whole ("text/html", "text/*"), or the word of a type ("html"); see is_of_types().
  std::vector<std::string> types;
  std::uint64_t min_size = 1'024;  // bytes: a smaller body of known length is sent as it is
  int gzip_level = 6;              // 1…9
  int br_level = 4;                // 1…9
  int zstd_level = 5;              // 1…12

  bool operator==(const CodingTerms&) const = default;
};

}  // namespace zeroway
