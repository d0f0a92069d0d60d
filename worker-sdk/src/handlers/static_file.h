// A file as a reply: its fields, the effect of conditions (RFC 9110 §13), and the part of the file that is sent.
//
// Owner: Reply::file.   Thread: the handler's, on the pool: everything here may block.
// Not here: sending (reply.cpp), Range's syntax (byte_range.h).
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "byte_range.h"
#include "proto/head.h"

namespace zeroway {

// The content-type for the ending of a file's name, without regard to case.
[[nodiscard]] std::string_view content_type_of(std::string_view path);

// The path of a client's `name` below `folder`. Throws StatusError(404) for a name that is empty or absolute, leaves
// the folder ("..", by an empty segment or NUL), or is hidden (a segment that begins with '.').
[[nodiscard]] std::string path_below(std::string_view folder, std::string_view name);

// Whether an If-None-Match or If-Range list names the tag, compared weakly (RFC 9110 §8.8.3.2).
[[nodiscard]] bool names_tag(std::string_view list, std::string_view tag);

class StaticFile {
 public:
  // Throws StatusError(404) when the file is missing, is no regular file, or may not be read, std::system_error
  // otherwise.
  explicit StaticFile(const std::string& path);
  ~StaticFile();
  StaticFile(const StaticFile&) = delete;
  StaticFile& operator=(const StaticFile&) = delete;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& tag() const { return tag_; }  // a strong tag
  [[nodiscard]] const std::string& last_modified() const { return modified_text_; }
  // Whether the client has the file already, by the fields of a GET or HEAD: 304.
  [[nodiscard]] bool is_unchanged_for(const Head& request) const;
  // The part of the file that is sent, by the fields of a GET.
  [[nodiscard]] ByteRange range_for(const Head& request) const;
  // Reads at `offset` into `piece`, which is resized to the bytes read. Throws std::system_error.
  void read(std::uint64_t offset, std::string& piece) const;

 private:
  int fd_;
  std::uint64_t size_ = 0;
  std::time_t modified_ = 0;
  std::string tag_, modified_text_;
};

}  // namespace zeroway
