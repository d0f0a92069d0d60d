#include "router/acme/http_challenges.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "router/acme/limits.h"
#include "router/route/host_name.h"

namespace zeroway {

namespace {

// The content of a small ordinary file that is no link.
std::optional<std::string> read_answer(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  struct stat status {};
  std::array<char, kMostAnswer + 1> content;
  ssize_t size = -1;
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) size = ::read(file, content.data(), content.size());
  ::close(file);
  if (size <= 0 || size > static_cast<ssize_t>(kMostAnswer)) return std::nullopt;
  return std::string(content.data(), static_cast<std::size_t>(size));
}

std::optional<std::string> find_listed(const std::string& folder, std::string_view token) {
  std::error_code failure;
  std::size_t looked = 0;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    if (++looked > kMostChallengeFiles) break;
    if (at->path().filename().native() == token) return read_answer(at->path().native());
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> HttpChallenges::find(std::string_view host, std::string_view token,
                                                const std::string& folder) const {
  if (open_) {
    const auto found = open_->folders.find(HostName(host).text());
    if (found != open_->folders.end()) {
      if (auto answer = find_listed(found->second, token)) return answer;
    }
  }
  if (folder.empty()) return std::nullopt;
  return read_answer(folder + "/" + std::string(token));
}

}  // namespace zeroway
