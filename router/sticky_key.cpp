#include "router/sticky_key.h"

#include <filesystem>
#include <random>
#include <system_error>

#include "proto/error.h"
#include "router/acme/file_store.h"
#include "router/file_content.h"
#include "router/observe/log.h"
#include "router/plan/limits.h"
#include "router/settings/line_ends.h"

namespace zeroway {

namespace {

constexpr std::size_t kSize = 64;  // hexadecimal digits: 256 bits

std::string new_secret() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;  // the kernel's
  std::string secret;
  while (secret.size() < kSize) secret += kDigits[random() & 15U];
  return secret;
}

std::string for_this_process(const std::string& why) {
  log::warning("cookies: " + why +
               ": after a restart clients may come to other members, and need new permits; sticky_key_file names a "
               "secret that stays");
  return new_secret();
}

}  // namespace

std::string own_sticky_key(const std::string& state_dir) {
  std::error_code failure;
  if (state_dir.empty() || !std::filesystem::is_directory(state_dir, failure)) {
    log::info("the secret of the router's own cookies is new at each start, as there is no folder " + state_dir);
    return new_secret();
  }
  const std::string file = state_dir + "/sticky.key";
  if (!has_file(file)) {
    if (const auto written = write_whole_file(file, new_secret() + "\n"); !written)
      return for_this_process(written.error().detail);
  }
  const auto content = read_file(file);
  if (!content) return for_this_process(content.error().detail);
  std::string secret(without_line_ends(*content));
  if (secret.size() < kLeastStickyKey) return for_this_process(file + " has less than 32 bytes");
  return secret;
}

}  // namespace zeroway
