// Users with the hashes of their passwords, as htpasswd writes them: a line USER:HASH for each.
//
// Owner: shared by the loops; a new one is made when the file changes.   Thread: any; never changed.
// Not here: which hashes are taken (access/password_hash.h), when the file is read again (access/secrets_keeper.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/error.h"

namespace zeroway {

class PasswordFile {
 public:
  // Empty lines and those that begin with '#' are skipped; what follows a second ':' is a comment. The error has a line
  // "FILE:LINE: …" for each wrong one.
  [[nodiscard]] static Result<PasswordFile> read(std::string_view text, const std::string& file);

  // The user's hash; null for an unknown user.
  [[nodiscard]] const std::string* find(const std::string& user) const;
  // A hash of somebody in the file, always the same for one `seed`: an unknown user costs what a user costs. Null when
  // the file has no users.
  [[nodiscard]] const std::string* any_hash(std::uint64_t seed) const;
  [[nodiscard]] std::size_t size() const { return hashes_.size(); }

 private:
  [[nodiscard]] Result<> add(std::string_view line);

  std::unordered_map<std::string, std::size_t> users_;
  std::vector<std::string> hashes_;
};

}  // namespace zeroway
