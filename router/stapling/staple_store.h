// The last good answer of OCSP about each certificate: it outlives reloads, and a restart where there is a folder.
//
// Owner: the router, one for all staplers.   Thread: the first loop's; it waits for the disk.
// What a folder holds is only remembered, not believed: who finds an answer judges it again.
// Not here: which answers are good (net/tls_ocsp.h), when a responder is asked (stapling/stapler.h).
#pragma once
#include <map>
#include <string>

#include "router/observe/wall_clock.h"

namespace zeroway {

class StapleStore {
 public:
  // Files are kept in the folder `ocsp` of `state_dir`, if that is there; "" = in memory alone. Files that no answer
  // can be good for any more go.
  StapleStore(const std::string& state_dir, WallTime now);

  // The answer about the certificate, a digest; "" = none is kept.
  [[nodiscard]] std::string find(const std::string& certificate) const;
  void put(const std::string& certificate, const std::string& answer);

 private:
  [[nodiscard]] std::string file_of(const std::string& certificate) const;

  std::string folder_;                          // "" = none
  std::map<std::string, std::string> answers_;  // by certificate
};

}  // namespace zeroway
