// Files as replies: Reply::file and Reply::file_in.
#pragma once
#include <string>

namespace zeroway {

struct FileOptions {
  // Empty = by the name's ending: ".html" is "text/html; charset=utf-8", an ending that is not known
  // "application/octet-stream".
  std::string content_type = {};
  // Of the reply (RFC 9111 §5.2), for instance "public, max-age=3600". Empty = none: browsers ask again, and get 304.
  std::string cache_control = {};
};

}  // namespace zeroway
