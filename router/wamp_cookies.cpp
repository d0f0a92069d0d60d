#include "router/wamp_cookies.h"

#include <fstream>
#include <string>

#include "router/acme/file_store.h"
#include "router/net/file_text.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

constexpr std::size_t kMaxCookieFile = 64 << 20;  // bytes: as many logins as a store has, and as much again

const WampAuthSpec* auth_with_cookie(const BackendSpec& spec) {
  const auto* wamp = std::get_if<WampSpec>(&spec);
  return wamp != nullptr && wamp->auth && wamp->auth->cookie ? &*wamp->auth : nullptr;
}

bool is_same(const WampAuthSpec& one, const WampAuthSpec& other) {
  return one == other || (!one.cookie->file.empty() && one.cookie->file == other.cookie->file);
}

// Null when no backend of `plan` has it.
std::shared_ptr<CookieStore> find_cookies(const WampAuthSpec& wanted, const Plan& plan, const SharedCookies& made) {
  for (std::size_t index = 0; index < made.size(); ++index) {
    const WampAuthSpec* auth = auth_with_cookie(plan.backends[index]);
    if (auth != nullptr && is_same(*auth, wanted)) return made[index];
  }
  return nullptr;
}

// What holds of a file, as its lines.
Result<std::string> lines_of(const std::string& file, WampWallTime now) {
  if (!has_file(file)) return std::string();
  const auto text = read_file_text(file, kMaxCookieFile);
  if (!text) return text.error();
  CookieStore store;
  if (const std::size_t wrong = store.load(*text, now); wrong > 0)
    log::warning(file + ": " + std::to_string(wrong) + " lines are no logins");
  return store.text();
}

// The file begins with what holds of it; logins that come are added.
Result<std::shared_ptr<CookieStore>> open_cookies(const std::string& file, WampWallTime now) {
  if (file.empty()) return std::make_shared<CookieStore>();
  const auto kept = lines_of(file, now);
  if (!kept) return kept.error();
  if (const auto written = write_whole_file(file, *kept); !written) return written.error();
  auto to = std::make_shared<std::ofstream>(file, std::ios::app | std::ios::binary);
  auto store = std::make_shared<CookieStore>([to](std::string_view line) { *to << line << std::flush; });
  static_cast<void>(store->load(*kept, now));
  return store;
}

}  // namespace

Result<SharedCookies> make_cookies(const Plan& plan, const Plan* before, const SharedCookies& old, WampWallTime now) {
  SharedCookies cookies;
  for (const BackendSpec& spec : plan.backends) {
    const WampAuthSpec* auth = auth_with_cookie(spec);
    std::shared_ptr<CookieStore> store;
    if (auth != nullptr && before != nullptr) store = find_cookies(*auth, *before, old);
    if (auth != nullptr && !store) store = find_cookies(*auth, plan, cookies);
    if (auth != nullptr && !store) {
      auto opened = open_cookies(auth->cookie->file, now);
      if (!opened) return opened.error();
      store = std::move(*opened);
    }
    cookies.push_back(std::move(store));
  }
  return cookies;
}

}  // namespace zeroway
