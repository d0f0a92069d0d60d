#include "router/wamp/auth/cookie_store.h"

#include "router/wamp/auth/auth_crypto.h"
#include "router/wamp/auth/limits.h"
#include "router/wamp/auth/message_walk.h"
#include "router/wamp/translator.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

std::uint64_t seconds_of(WampWallTime time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

class LineReader final : public MessageWalk {
 public:
  std::string digest_;
  std::uint64_t until_ = 0;
  WampAdmission admission_;

  [[nodiscard]] bool is_login() const { return is_good_ && count() == 6 && bytes_of_hex(digest_, 32).size() == 32; }

 private:
  void found(Is is, std::string_view text, std::uint64_t number) override {
    std::string* const texts[] = {&digest_,           nullptr,          &admission_.realm,
                                  &admission_.authid, &admission_.role, &admission_.method};
    if (depth() != 1 || element() >= std::size(texts)) {
      is_good_ = false;
    } else if (element() == 1) {
      until_ = number;
      is_good_ = is_good_ && is == Is::natural;
    } else {
      *texts[element()] = text;
      is_good_ = is_good_ && is == Is::text;
    }
  }

  bool is_good_ = true;
};

}  // namespace

std::optional<WampAdmission> CookieStore::find(std::string_view cookie, WampWallTime now) const {
  const std::string digest = hex_of(sha256(cookie));
  const std::lock_guard lock(mutex_);
  const auto found = logins_.find(digest);
  if (found == logins_.end() || found->second.until <= seconds_of(now)) return std::nullopt;
  return found->second.admission;
}

void CookieStore::remember(std::string_view cookie, const WampAdmission& admission, WampWallTime until) {
  const std::string digest = hex_of(sha256(cookie));
  Login login{admission, seconds_of(until)};
  login.admission.extra.clear();  // it was of one challenge
  const std::lock_guard lock(mutex_);
  if (journal_) journal_(line_of(digest, login));
  add(digest, std::move(login));
}

void CookieStore::forget(std::string_view cookie) {
  const std::string digest = hex_of(sha256(cookie));
  const std::lock_guard lock(mutex_);
  if (!remove(digest)) return;
  if (journal_) journal_(line_of(digest, {}));
  for (Listener* const listener : listeners_) listener->forgotten(cookie);
}

void CookieStore::listen(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(&listener);
}

void CookieStore::leave(Listener& listener) {
  const std::lock_guard lock(mutex_);
  std::erase(listeners_, &listener);
}

bool CookieStore::remove(const std::string& digest) {
  const auto old = logins_.find(digest);
  if (old == logins_.end()) return false;
  by_until_.erase({old->second.until, digest});
  logins_.erase(old);
  return true;
}

void CookieStore::add(const std::string& digest, Login login) {
  remove(digest);
  by_until_.emplace(login.until, digest);
  logins_.emplace(digest, std::move(login));
  if (logins_.size() <= kMostCookies) return;
  logins_.erase(by_until_.begin()->second);
  by_until_.erase(by_until_.begin());
}

std::size_t CookieStore::load(std::string_view text, WampWallTime now) {
  const std::uint64_t last = seconds_of(now + kLongestCookieLife);
  std::size_t wrong = 0;
  const std::lock_guard lock(mutex_);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    LineReader reader;
    const bool is_read = !read_value(Serializer::json, as_bytes(line), reader) && reader.is_login();
    if (!is_read || reader.until_ > last) {
      wrong += line.empty() ? 0 : 1;
    } else if (reader.until_ > seconds_of(now)) {
      add(reader.digest_, {std::move(reader.admission_), reader.until_});
    } else {
      remove(reader.digest_);
    }
  }
  return wrong;
}

std::string CookieStore::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [digest, login] : logins_) text += line_of(digest, login);
  return text;
}

std::string CookieStore::line_of(const std::string& digest, const Login& login) {
  return write_message(Serializer::json,
                       [&](ValueSink& to) {
                         static_cast<void>(to.text(digest));
                         static_cast<void>(to.natural(login.until));
                         for (const std::string* text : {&login.admission.realm, &login.admission.authid,
                                                         &login.admission.role, &login.admission.method})
                           static_cast<void>(to.text(*text));
                       }) +
         '\n';
}

}  // namespace zeroway
