// Files as replies: Reply::file and Reply::file_in.
#pragma once
#include <string>

namespace zeroway {

struct FileOptions {
  // The content-type. Empty = chosen by the ending of the file's name: ".html" gives
  // "text/html; charset=utf-8", an unknown ending "application/octet-stream".
  std::string content_type = {};
  // The reply's cache-control (RFC 9111 §5.2), for instance "public, max-age=3600". Empty = no such field: browsers ask
  // again, and get 304.
  std::string cache_control = {};
};

}  // namespace zeroway
