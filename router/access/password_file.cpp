#include "router/access/password_file.h"

#include <algorithm>

#include "router/access/limits.h"
#include "router/access/password_hash.h"

namespace zeroway {

namespace {

Error wrong(std::string why) { return {Fault::router, Code::internal, false, std::move(why)}; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<PasswordFile> PasswordFile::read(std::string_view text, const std::string& file) {
  if (text.size() > kMaxPasswordFile)
    return wrong(file + ": is larger than " + std::to_string(kMaxPasswordFile) + " bytes");
  PasswordFile made;
  std::string errors;
  std::size_t count = 0;
  for (std::size_t number = 1; !text.empty() && count < kMostFileErrors; ++number) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    const auto added = made.add(line);
    if (added) continue;
    ++count;
    errors.append(errors.empty() ? "" : "\n")
        .append(file)
        .append(":" + std::to_string(number) + ": ")
        .append(added.error().detail);
  }
  if (!errors.empty()) return wrong(std::move(errors));
  return made;
}

// Never repeats the line: it may be a password.
Result<> PasswordFile::add(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return wrong("wants USER:HASH");
  const std::string user(line.substr(0, colon));
  std::string_view hash = line.substr(colon + 1);
  hash = hash.substr(0, hash.find(':'));
  if (user.size() > kMaxUserName || std::any_of(user.begin(), user.end(), is_control))
    return wrong("the user's name has a control character, or more than " + std::to_string(kMaxUserName) + " bytes");
  if (auto checked = check_hash(hash); !checked) return wrong("user '" + user + "': " + checked.error().detail);
  if (!users_.emplace(user, hashes_.size()).second) return wrong("user '" + user + "' is there twice");
  hashes_.emplace_back(hash);
  return {};
}

const std::string* PasswordFile::find(const std::string& user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? nullptr : &hashes_[found->second];
}

const std::string* PasswordFile::any_hash(std::uint64_t seed) const {
  return hashes_.empty() ? nullptr : &hashes_[seed % hashes_.size()];
}

}  // namespace zeroway
