#include "router/backends/archive/member_name.h"

#include "router/backends/archive/limits.h"

namespace zeroway {

namespace {

bool is_sound_segment(std::string_view segment) { return !segment.empty() && segment != "." && segment != ".."; }

}  // namespace

std::string fault_of_member(std::string_view name) {
  if (name.empty()) return "it has no name";
  if (name.size() > kMostMemberName) return "its name is longer than " + std::to_string(kMostMemberName) + " bytes";
  if (name.front() == '/') return "its name begins with '/'";
  if (name.find('\\') != std::string_view::npos) return "its name has a '\\'";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "its name has a control character";
  if (is_folder_name(name)) name.remove_suffix(1);
  while (true) {
    const auto slash = name.find('/');
    if (!is_sound_segment(name.substr(0, slash))) return "its name has an empty part, '.' or '..'";
    if (slash == std::string_view::npos) return "";
    name.remove_prefix(slash + 1);
  }
}

}  // namespace zeroway
