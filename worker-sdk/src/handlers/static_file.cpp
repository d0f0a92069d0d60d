#include "static_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "http_date.h"
#include "proto/ascii.h"
#include "zeroway/errors.h"

namespace zeroway {

namespace {

struct Type {
  std::string_view ending, type;
};

constexpr std::array kTypes{
    Type{"html", "text/html; charset=utf-8"},
    Type{"htm", "text/html; charset=utf-8"},
    Type{"css", "text/css; charset=utf-8"},
    Type{"js", "text/javascript; charset=utf-8"},
    Type{"mjs", "text/javascript; charset=utf-8"},
    Type{"json", "application/json"},
    Type{"map", "application/json"},
    Type{"webmanifest", "application/manifest+json"},
    Type{"txt", "text/plain; charset=utf-8"},
    Type{"md", "text/markdown; charset=utf-8"},
    Type{"csv", "text/csv; charset=utf-8"},
    Type{"xml", "text/xml; charset=utf-8"},
    Type{"svg", "image/svg+xml"},
    Type{"png", "image/png"},
    Type{"jpg", "image/jpeg"},
    Type{"jpeg", "image/jpeg"},
    Type{"gif", "image/gif"},
    Type{"webp", "image/webp"},
    Type{"avif", "image/avif"},
    Type{"ico", "image/vnd.microsoft.icon"},
    Type{"pdf", "application/pdf"},
    Type{"zip", "application/zip"},
    Type{"gz", "application/gzip"},
    Type{"wasm", "application/wasm"},
    Type{"woff", "font/woff"},
    Type{"woff2", "font/woff2"},
    Type{"ttf", "font/ttf"},
    Type{"otf", "font/otf"},
    Type{"mp3", "audio/mpeg"},
    Type{"ogg", "audio/ogg"},
    Type{"wav", "audio/wav"},
    Type{"mp4", "video/mp4"},
    Type{"webm", "video/webm"},
};

[[noreturn]] void not_found() { throw StatusError(404, "There is no such file.\n"); }

[[noreturn]] void failed(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// The tag is made of size, time of change and number (inode) of the file: a change of the file changes at
// least one of them. The time has the clock's granularity of a few milliseconds; within it the size, and for files that
// are replaced by rename() the number, tell a change.
std::string tag_of(const struct stat& status) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "\"%llx-%llx.%lx-%llx\"", static_cast<unsigned long long>(status.st_size),
                static_cast<unsigned long long>(status.st_mtim.tv_sec),
                static_cast<unsigned long>(status.st_mtim.tv_nsec), static_cast<unsigned long long>(status.st_ino));
  return text.data();
}

std::string_view without_weak(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  for (const Type& entry : kTypes)
    if (is_same_word(ending, entry.ending)) return entry.type;
  return "application/octet-stream";
}

std::string path_below(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (name.empty() || name.find('\0') != std::string_view::npos) not_found();
  for (std::string_view left = name; !left.empty();) {
    const std::string_view segment = left.substr(0, left.find('/'));
    left.remove_prefix(segment.size());
    if (segment.empty() || segment.starts_with('.') || left == "/") not_found();
    if (!left.empty()) left.remove_prefix(1);
    path.append("/").append(segment);
  }
  return path;
}

bool names_tag(std::string_view list, std::string_view tag) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    std::string_view one = trimmed(list);
    const std::size_t quote = one.find('"');
    const std::size_t end = quote == std::string_view::npos ? quote : one.find('"', quote + 1);
    if (end == std::string_view::npos) return false;
    if (without_weak(one.substr(0, end + 1)) == without_weak(tag)) return true;
    list = trimmed(one.substr(end + 1));
    if (list.starts_with(',')) list.remove_prefix(1);
  }
  return false;
}

// Non-blocking: opening a FIFO would wait for its writer.
StaticFile::StaticFile(const std::string& path)
    : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
  if (fd_ < 0) {
    static constexpr std::array kNotThere{ENOENT, ENOTDIR, EACCES, ENAMETOOLONG, ELOOP, ENXIO};
    if (std::find(kNotThere.begin(), kNotThere.end(), errno) != kNotThere.end()) not_found();
    failed(path);
  }
  struct stat status {};
  const bool is_told = fstat(fd_, &status) == 0;
  if (!is_told || !S_ISREG(status.st_mode)) {
    close(fd_);
    if (!is_told) failed(path);
    not_found();
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  modified_ = status.st_mtim.tv_sec;
  tag_ = tag_of(status);
  modified_text_ = write_http_date(modified_);
}

StaticFile::~StaticFile() { close(fd_); }

// RFC 9110 §13.2.2: a tag is better than a date. With a tag, the date is not looked at.
bool StaticFile::is_unchanged_for(const Head& request) const {
  if (request.has("if-none-match")) {
    for (const Field field : request)
      if (field.name == "if-none-match" && names_tag(field.value, tag_)) return true;
    return false;
  }
  const auto since = read_http_date(request.find("if-modified-since").value_or(""));
  return since && modified_ <= *since;
}

// RFC 9110 §13.1.5: the whole file when it has changed; a weak tag never suffices, a date must be exactly the same.
ByteRange StaticFile::range_for(const Head& request) const {
  const auto range = request.find("range");
  if (!range || request.method() != "GET") return {};
  if (const auto condition = request.find("if-range"))
    if (*condition != tag_ && read_http_date(*condition) != modified_) return {};
  return read_range(*range, size_);
}

void StaticFile::read(std::uint64_t offset, std::string& piece) const {
  ssize_t got = 0;
  do got = pread(fd_, piece.data(), piece.size(), static_cast<off_t>(offset));
  while (got < 0 && errno == EINTR);
  if (got < 0) failed("read");
  piece.resize(static_cast<std::size_t>(got));
}

}  // namespace zeroway
