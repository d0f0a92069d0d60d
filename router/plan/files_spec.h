// A folder whose files answer requests, as the plan knows it.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Equal specifications are the same backend: a reload keeps its open replies and what it has in memory.
// Not here: the backend itself (router/backends/files/files_backend.h), how a file writes it (router/settings).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zeroway {

struct FilesSpec {
  std::string root;                                                 // an absolute path; may be a symbolic link
  std::vector<std::string> index_files{"index.html", "index.htm"};  // for a folder: the first one that is there
  bool listing = false;                                             // of a folder without an index file; else 404
  std::string fallback;       // a file below the root, for paths without a file: "index.html"; "" = 404
  bool dot_files = false;     // whether names may begin with a dot; ".well-known" always may (RFC 8615)
  bool precompressed = true;  // NAME.br, NAME.zst or NAME.gz instead of NAME, for clients that accept it

  bool etag = true;
  bool last_modified = true;
  std::string cache_control;                                    // the field's value; "" = by the ages below
  std::optional<std::uint32_t> max_age;                         // seconds, for all but pages; none = no Cache-Control
  std::optional<std::uint32_t> max_age_page;                    // seconds, for text/html: a page names the other files
  std::vector<std::pair<std::string, std::string>> mime_types;  // end of the name ("js"), type; before the system's

  bool operator==(const FilesSpec&) const = default;
};

}  // namespace zeroway
