// Who has joined before, by the cookie that the client got then.
//
//     a line of its file:    ["SHA-256 of the cookie, hex", until (s), "realm", "authid", "role", "method"]
//     a later one of the same cookie replaces it; `until` 0: forgotten
//
// Owner: the backends of a path share it, on all loops.   Thread: any: logins take its mutex, messages never do.
// Cookies are kept as hashes: who reads memory or file has none. The logins that end first go when there are too many.
// Not here: the file itself (router/cookie_files.h), the field Set-Cookie (cookie_auth.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/wamp/auth/admission.h"
#include "router/wamp/auth/auth_method.h"

namespace zeroway {

class CookieStore {
 public:
  // Gets each change as a line, inside remember() and forget().
  using Journal = std::function<void(std::string_view line)>;

  // Hears of each login that is forgotten.
  class Listener {
   public:
    // Inside forget(), on the thread of whoever logs out: it only posts.
    virtual void forgotten(std::string_view cookie) = 0;

   protected:
    ~Listener() = default;
  };

  explicit CookieStore(Journal journal = {}) : journal_(std::move(journal)) {}

  [[nodiscard]] std::optional<WampAdmission> find(std::string_view cookie, WampWallTime now) const;
  void remember(std::string_view cookie, const WampAdmission& admission, WampWallTime until);
  // A cookie that nobody knows is no error, and no listener hears of it.
  void forget(std::string_view cookie);
  // `listener` stays until it leaves; behind leave() it hears nothing any more.
  void listen(Listener& listener);
  void leave(Listener& listener);

  // Takes the lines of a file in their order, and leaves out those that are over. Returns how many are no such lines.
  std::size_t load(std::string_view text, WampWallTime now);
  // The lines of all that is remembered.
  [[nodiscard]] std::string text() const;

 private:
  using Seconds = std::uint64_t;  // since 1970
  struct Login {
    WampAdmission admission;
    Seconds until;
  };

  void add(const std::string& digest, Login login);
  bool remove(const std::string& digest);
  [[nodiscard]] static std::string line_of(const std::string& digest, const Login& login);

  const Journal journal_;
  mutable std::mutex mutex_;
  std::map<std::string, Login> logins_;                 // by the cookie's digest
  std::set<std::pair<Seconds, std::string>> by_until_;  // the same, in the order of their end
  std::vector<Listener*> listeners_;
};

}  // namespace zeroway
