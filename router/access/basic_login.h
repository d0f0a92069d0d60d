// Judges requests by user and password (RFC 7617). Passwords are hashed beside the loop, and good ones are remembered.
//
//     judge ─┬─ no login, unreadable ──────────▶ 401
//            ├─ known to be good ──────────────▶ pass
//            └─ later: hashed ─┬─ right ───────▶ pass, remembered
//                 │            └─ wrong, or the user is unknown ──▶ 401
//                 └─ no room, too late ────────▶ 503
//
// Owner: Logins.   Thread: one loop.
// An unknown user's password is hashed as a known one's: the time of the answer tells nobody who is a user.
// Not here: the threads (access/hash_pool.h), the file (access/password_file.h).
#pragma once
#include <unordered_map>

#include "router/access/good_logins.h"
#include "router/access/hash_pool.h"
#include "router/access/password_file.h"
#include "router/exchange/access_judge.h"
#include "router/observe/wall_clock.h"
#include "router/plan/login_rules.h"

namespace zeroway {

// The hash pool, as one loop sees it.
class HashDesk {
 public:
  virtual ~HashDesk() = default;
  // The hash that names a login, for all loops alike.
  [[nodiscard]] virtual Digest name(std::string_view user, std::string_view password, std::string_view hash) const = 0;
  // As HashPool::ask(), but `told` is called on this loop, never before ask() has returned.
  [[nodiscard]] virtual HashPool::Ticket ask(HashWork work, HashPool::Told told) = 0;
  virtual void forget(HashPool::Ticket ticket) = 0;
};

class BasicLogin {
 public:
  // Both outlive this object.
  BasicLogin(HashDesk& desk, const WallClock& clock) : desk_(desk), clock_(clock) {}
  ~BasicLogin();

  [[nodiscard]] Verdict judge(const AccessQuestion& question, const BasicRule& rule, const PasswordFile& passwords,
                              VerdictTo to);
  // Ignored for a question that is not waiting.
  void forget(ExchangeKey key);
  // A file of passwords has changed.
  void forget_logins() { good_.clear(); }

 private:
  struct Waiting {
    HashPool::Ticket ticket;
    Digest login;
    bool is_user;  // else the hash is of somebody else
    std::string user;
    const BasicRule* rule;  // the question's
    VerdictTo to;
  };

  void told(ExchangeKey key, HashPool::Ticket ticket, HashPool::Answer answer);

  HashDesk& desk_;
  const WallClock& clock_;
  GoodLogins good_;
  std::unordered_map<ExchangeKey, Waiting> waiting_;
};

}  // namespace zeroway
