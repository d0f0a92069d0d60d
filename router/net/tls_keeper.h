// Keeps TLS up to date while the router runs: reads changed certificates, warns of certificates that will expire,
// rotates the keys of session tickets.
//
// Owner: Router, on its first loop.   Thread: that loop.
// Open connections are never touched. When files cannot be used, the old certificates stay in use, and the log says
// why, once for each change. Not here: reading files (net/tls_files.h), offering certificates (net/tls_context.h).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/net/loop.h"
#include "router/net/tls_engine.h"
#include "router/observe/wall_clock.h"
#include "router/settings/settings.h"

namespace zeroway {

class TlsKeeper {
 public:
  // `tell` is called with new terms for new connections, inside a turn of `loop`; not with the first terms.
  TlsKeeper(Loop& loop, const TlsSettings& settings, std::vector<std::string> protocols,
            std::function<void(const TlsTerms&)> tell, const WallClock& clock);
  ~TlsKeeper();

  // Reads everything for the first time. The error names the file.
  [[nodiscard]] Result<> open();
  [[nodiscard]] const TlsTerms& terms() const { return terms_; }
  // Reads everything again, changed or not; logs the result. Who has written certificates need not wait for the keeper
  // to see it: files that are there at open() may change at any time, a pair at once, and are in use after this call.
  void reload();
  // Answers these challenges of ACME from now on, and no others; null = none.
  void use(std::shared_ptr<const TlsChallenges> challenges);
  // Gives these answers of OCSP to clients from now on.
  void use(std::shared_ptr<const TlsStaples> staples);

 private:
  void look();
  void load();
  void rotate();
  void warn_of_expiry();

  const TlsSettings settings_;
  std::vector<std::string> protocols_;
  std::function<void(const TlsTerms&)> tell_;
  const WallClock& clock_;
  TlsTerms terms_;
  std::string seen_;         // the files' marks when they were last read
  bool has_failed_ = false;  // the files of seen_ are not in use
  bool has_complained_ = false;
  Timer look_;
  Timer rotation_;
  Timer expiry_;
};

}  // namespace zeroway
