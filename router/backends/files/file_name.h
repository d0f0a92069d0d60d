// From the path of a request to the name of a file below a folder, and back.
//
// Owner: nobody; pure functions.   Thread: any.
// A path is decoded once, and every check looks at what was decoded.
// Not here: links in the file system (files/root_folder.h), the form of a path (router/route/canonical_path.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

struct FileName {
  std::string name;        // without '/' at both ends; "" is the folder itself
  bool is_folder = false;  // the path ends with '/'
};

enum class DotFiles : bool { hidden, shown };

// `path`: without query. Nothing for a path that can name no file: without '/' at its start, a malformed escape, NUL,
// an escaped '/', ".", "..", or an empty segment (two paths of one file are how a rule for one of them is passed by);
// nor for a name that begins with a dot when those are hidden, except ".well-known" (RFC 8615).
[[nodiscard]] std::optional<FileName> file_name(std::string_view path, DotFiles dot_files);
// Whether a folder's listing shows an entry.
[[nodiscard]] bool is_shown(std::string_view entry, DotFiles dot_files);

// The name as one segment of a path: all but RFC 3986's unreserved characters are escaped.
[[nodiscard]] std::string escaped_segment(std::string_view name);
// Where the folder `name` is, for a request that forgot the '/': "./name/?query". `query` is "" or begins with '?'.
// Relative, so that it is right also when the route took a prefix off the path; the "./" keeps a client from reading a
// scheme or a host into the name.
[[nodiscard]] std::string folder_location(std::string_view name, std::string_view query);

}  // namespace zeroway
