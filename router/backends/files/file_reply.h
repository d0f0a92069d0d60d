// The reply to a request for a file: which status, which fields, and which parts of the file.
//
// Owner: FilesBackend keeps one and uses it again.   Thread: one loop.
// Pure: nothing is opened or read here.
// Not here: finding the file (files/known_files.h), sending (files/files_backend.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/head.h"
#include "router/backends/files/byte_ranges.h"
#include "router/backends/files/conditions.h"
#include "router/backends/files/content_coding.h"

namespace zeroway {

// The version of a file that would answer.
struct Representation {
  std::uint64_t size = 0;
  Validators validators;
  std::string_view last_modified;  // the date as text, with validators.last_modified
  std::string_view type;           // "" = unknown
  Coding coding = Coding::identity;
  bool varies = false;  // other codings are there
  std::string_view cache_control;
};

struct ReplyPart {
  std::string text;  // in front of the range
  ByteRange range;
};

struct FileReply {
  Head head;
  // What of the file follows the head. Without parts, nothing does.
  std::vector<ReplyPart> parts;
  std::string closing;  // behind the last part

  [[nodiscard]] bool has_content() const { return !parts.empty(); }
  void clear();
};

// 200, 206, 304, 412 or 416 to GET, the same without content to HEAD. `now`: seconds since 1970. `boundary`: of several
// ranges' parts; a text that the file does not hold.
void reply_with_file(const Head& request, const Representation& file, std::int64_t now, std::string_view boundary,
                     FileReply& reply);

}  // namespace zeroway
