// The media type of a file by the end of its name.
//
// Owner: Router keeps one for all loops.   Thread: any; never changed once backends use it.
// Not here: which types a route overrides (router/plan/files_spec.h).
#pragma once
#include <string>
#include <string_view>

#include "router/route/by_text.h"

namespace zeroway {

class MimeTypes {
 public:
  // None at all. read() knows more.
  MimeTypes() = default;
  // Of a file as Debian's /etc/mime.types: a type, then the ends of names that have it. A small table of our own when
  // there is no such file.
  [[nodiscard]] static MimeTypes read(const std::string& path);

  // Asks `below`, which outlives this object, for every end that is not set here.
  [[nodiscard]] static MimeTypes over(const MimeTypes& below);

  // "js" or ".js"; "type/subtype", with or without parameters. A text without a charset is UTF-8.
  void set(std::string_view end, std::string_view type);
  // By the longest end that is known ("tar.gz" before "gz"), in any case; "" when none is. Good as long as this object.
  [[nodiscard]] std::string_view type_of(std::string_view file_name) const;

 private:
  void read_lines(std::string_view text);
  void read_line(std::string_view line);

  ByText<std::string> types_;  // by end in lower case
  const MimeTypes* below_ = nullptr;
};

}  // namespace zeroway
