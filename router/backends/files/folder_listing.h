// A page that lists a folder.
//
// Owner: nobody; functions.   Thread: one loop.
// At most kMostListed entries are read, so that a folder of a million files does not hold up the loop; the page says
// when there are more. Names are bytes that anybody may have chosen: they are escaped for HTML and for URLs.
// Not here: whether a folder may be listed (router/plan/files_spec.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/backends/files/file_name.h"
#include "router/backends/files/root_folder.h"

namespace zeroway {

struct ListedEntry {
  std::string name;
  bool is_folder = false;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // seconds since 1970
};

struct FolderContents {
  std::vector<ListedEntry> entries;  // folders first, each group by name
  bool has_more = false;
};

// The entries of the open folder `name` that the router would serve: links that lead out of the root are left out.
[[nodiscard]] FolderContents read_folder(const RootFolder& root, const std::string& name, Descriptor folder,
                                         DotFiles dot_files);
// The page, in UTF-8.
[[nodiscard]] std::string write_listing(std::string_view name, const FolderContents& contents);

}  // namespace zeroway
