// When a certificate in use expires, and the warning about that for the operator.
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
};

// Empty while the certificate is good for longer than kExpiryNotice.
[[nodiscard]] std::string expiry_warning(const CertificateEnd& end, WallTime now);

}  // namespace zeroway
