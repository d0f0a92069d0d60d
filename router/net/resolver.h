// The addresses of host names: asks, keeps answers while they are good, and keeps the last good answer while name
// servers fail.
//
// Owner: the backends of one loop; outlives its Lookups.   Thread: that loop.
// A failed question never empties an answer: the old addresses serve for a while.
// Not here: one question (net/name_question.h), which address is dialled (net/dialer.h).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/error.h"
#include "router/net/limits.h"
#include "router/net/loop.h"
#include "router/net/socket_address.h"
#include "router/settings/settings.h"

namespace zeroway {

// A lookup under way. Its destructor cancels: the callback is not called any more. It may be destroyed in the callback.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

// Whom to ask, and how long an answer counts.
struct ResolverSettings {
  std::string servers = "";              // "ADDRESS:PORT", separated by commas; "" = those of /etc/resolv.conf
  Millis least_life = kLeastNameLife;    // of an answer with a shorter TTL
  Millis most_life = kMostNameLife;      // of an answer with a longer TTL
  Millis failed_life = kFailedNameLife;  // until a name that failed is asked again
  Millis stale_life = kStaleNameLife;    // of an old answer, after its life, while name servers fail
  Millis stale_wait = kStaleWait;        // for a new answer, then the old one is given
  Millis early_interval = kEarlyInterval;
};

class Resolver {
 public:
  // IPv4 addresses come first, each family in the name server's order: a machine without IPv6 loses no time.
  using Done = std::function<void(Result<std::vector<SocketAddress>>)>;

  explicit Resolver(Loop& loop, ResolverSettings settings = {});
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // All addresses of `host`, which is a name or a numeric address without brackets. Calls `done` once, at the end of a
  // turn, never before look_up() returns. "localhost" and names below it are 127.0.0.1 and ::1 (RFC 6761 §6.3).
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const std::string& host, std::uint16_t port, Millis deadline,
                                                Done done);
  // A server with this name could not be reached: it may have moved. Asks again before the answer ends, at most once in
  // `early_interval`.
  void look_up_early(const std::string& host);
  // Until when look_up() answers from memory; the past when the name is not known. For users who follow a name.
  [[nodiscard]] Time known_until(const std::string& host) const;

 private:
  struct Name;
  class Waiting;

  [[nodiscard]] Name& name_of(const std::string& host);
  [[nodiscard]] bool make_room();
  void ask(Name& name);
  void learn(Name& name);

  Loop& loop_;
  ResolverSettings settings_;
  std::unordered_map<std::string, std::unique_ptr<Name>> names_;  // in lower case
};

}  // namespace zeroway
