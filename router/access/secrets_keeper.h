// Keeps the files of passwords and keys up to date while the router runs: reads changed ones again.
//
// Owner: Router, on its first loop.   Thread: that loop.
// When a file cannot be used, what it held before stays in use, and the log says why, once for each change.
// Not here: what the files hold (access/secrets.h).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "router/access/secrets.h"
#include "router/net/loop.h"

namespace zeroway {

class SecretsKeeper {
 public:
  // `tell` is called with the new list inside a turn of `loop`, after a file has changed.
  SecretsKeeper(Loop& loop, std::function<void(const Secrets&)> tell);

  // From now on these are kept, which were just read. Does not tell.
  void keep(Secrets secrets);
  // Reads all files again, changed or not.
  void reload();

 private:
  // How one file was when it was read last.
  struct Mark {
    std::string text;
    bool has_failed = false;  // it is not in use
    bool has_complained = false;
  };

  void look();
  [[nodiscard]] bool renew(NamedSecret& named, Mark& mark);

  std::function<void(const Secrets&)> tell_;
  Secrets secrets_;
  std::vector<Mark> marks_;  // one for each
  Timer look_;
};

}  // namespace zeroway
