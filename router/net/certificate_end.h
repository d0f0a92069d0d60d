// When a certificate in use expires, as the operator is told.
//
// Owner: TlsContext keeps one for each file.   Thread: any.
// Not here: when the warning is logged (net/tls_keeper.h).
#pragma once
#include <string>

#include "router/observe/wall_clock.h"

namespace zeroway {

struct CertificateEnd {
  std::string file;
  WallTime time;  // when the first certificate in the file expires: clients check the whole chain
  bool is_renewed =
      false;  // the router gets the next one itself, and says so when it cannot (acme/certificate_keeper.h)
};

// "a.crt: good for 63 days, until 2026-11-21 15:04:05 UTC".
[[nodiscard]] std::string describe(const CertificateEnd& end, WallTime now);
// Empty while the certificate is good for longer than kExpiryNotice, and always for one that the router renews.
[[nodiscard]] std::string expiry_warning(const CertificateEnd& end, WallTime now);

}  // namespace zeroway
