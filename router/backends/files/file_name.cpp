#include "router/backends/files/file_name.h"

#include <algorithm>

#include "proto/escapes.h"

namespace zeroway {

namespace {

constexpr std::string_view kWellKnown = ".well-known";

bool append_decoded(std::string& out, std::string_view segment) {
  for (std::size_t at = 0; at < segment.size(); ++at) {
    int byte = static_cast<unsigned char>(segment[at]);
    if (byte == '%') {
      byte = escaped_byte(segment.substr(at));
      at += 2;
    }
    if (byte <= 0 || byte == '/') return false;
    out += static_cast<char>(byte);
  }
  return true;
}

bool is_good(std::string_view segment, DotFiles dot_files) {
  return !segment.empty() && segment != "." && segment != ".." && is_shown(segment, dot_files);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

bool is_shown(std::string_view entry, DotFiles dot_files) {
  return dot_files == DotFiles::shown || !entry.starts_with('.') || entry == kWellKnown;
}

std::optional<FileName> file_name(std::string_view path, DotFiles dot_files) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  FileName result;
  result.is_folder = path.empty() || path.ends_with('/');
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (!result.name.empty()) result.name += '/';
    const std::size_t start = result.name.size();
    if (!append_decoded(result.name, path.substr(0, end))) return std::nullopt;
    if (!is_good(std::string_view(result.name).substr(start), dot_files)) return std::nullopt;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return result;
}

std::string escaped_segment(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (is_unreserved(c)) {
      text += c;
    } else {
      append_escape(text, c);
    }
  }
  return text;
}

std::string folder_location(std::string_view name, std::string_view query) {
  return "./" + escaped_segment(name.substr(name.rfind('/') + 1)) + '/' + std::string(query);
}

}  // namespace zeroway
