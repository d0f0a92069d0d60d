// Threads that hash passwords, beside the loops and at a lower priority, with a bounded queue.
//
//     ask ──▶ queue ──▶ a thread hashes ──▶ all waiters of the login are told
//      └ full, or the address has its share already: refused      └ queued for too long: told `late`
//
// Owner: Router keeps one for all loops.   Thread: all functions from any thread.
// Requests with the same login share one hash: a browser that opens a page asks for many files at once.
// Not here: which logins are known to be good (access/good_logins.h).
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "router/access/secret_hash.h"
#include "router/net/address_key.h"
#include "router/observe/time.h"

namespace zeroway {

struct HashWork {
  Digest login;        // of user, password and hash
  AddressKey address;  // of the client that brings it
  std::string password, hash;
};

class HashPool {
 public:
  enum class Answer : std::uint8_t { right, wrong, late };
  using Check = std::function<bool(const std::string& password, const std::string& hash)>;
  // Called once on a thread of the pool, unless forget() comes first.
  using Told = std::function<void(Answer)>;
  using Ticket = std::uint64_t;

  // `threads`: 0 = by the machine. They begin with the first work.
  explicit HashPool(Check check, std::size_t threads = 0);
  ~HashPool() { end(); }
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  // The hash that names a login, for all loops alike.
  [[nodiscard]] Digest name(std::string_view user, std::string_view password, std::string_view hash) const {
    return names_.of({user, password, hash});
  }
  // 0 = refused: the queue is full, or holds the share of this address.
  [[nodiscard]] Ticket ask(HashWork work, Time now, Told told);
  // Nobody wants this answer any more. Work without waiters leaves the queue. The call may come too late: then `told`
  // is called all the same.
  void forget(Ticket ticket);
  // Waits for hashes that have begun. Afterwards nobody is told anything, and no work is begun.
  void end();

 private:
  struct Job {
    HashWork work;
    Time asked;
    bool has_begun = false;
    std::map<Ticket, Told> waiters;
  };
  using Jobs = std::unordered_map<Digest, Job, DigestHash>;

  [[nodiscard]] bool has_room(const AddressKey& address) const;
  void begin_threads();
  void run();
  void leave(Jobs::iterator job);

  const Check check_;
  const std::size_t most_threads_;
  const SecretHash names_;
  std::mutex mutex_;  // not on the path of requests whose login is known
  std::condition_variable came_;
  Jobs jobs_;
  std::deque<Digest> queue_;
  std::unordered_map<Ticket, Digest> waiters_;
  std::unordered_map<AddressKey, std::size_t, AddressHash> shares_;
  Ticket last_ticket_ = 0;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zeroway
