// The TLS of one listener on all loops: its certificates, kept up to date, and what responders say of them.
//
// Owner: the router's entrance of the listener; the same listener of a later plan takes it over.   Thread: the first
// loop's. Not here: reading certificates (net/tls_keeper.h), asking responders (stapling/stapler.h).
#pragma once
#include <functional>
#include <memory>

#include "router/lane.h"
#include "router/net/tls_keeper.h"
#include "router/stapling/stapler.h"

namespace zeroway {

class EntranceTls {
 public:
  // `tell` is called with new terms for new connections, inside a turn of the first loop; not with the first terms.
  // Lane and store outlive this object. `protocols`: see TlsContext::load().
  EntranceTls(Lane& first, const TlsSettings& settings, std::vector<std::string> protocols, StapleStore& staples,
              std::function<void(const TlsTerms&)> tell);

  // Reads everything for the first time. The error names the file.
  [[nodiscard]] Result<> open();
  [[nodiscard]] const TlsTerms& terms() const { return keeper_.terms(); }
  [[nodiscard]] TlsKeeper& keeper() { return keeper_; }

 private:
  Stapler stapler_;
  TlsKeeper keeper_;
};

}  // namespace zeroway
