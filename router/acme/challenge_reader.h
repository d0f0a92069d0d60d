// Reads the digest of a challenge by TLS (tls-alpn-01, RFC 8737) from the ACME client that runs beside the router.
//
// Owner: a CertificateKeeper, while an order is open.   Thread: its loop; it reads on a thread of its own.
// The client answers such challenges at a port of 127.0.0.1, and the certificate that it shows holds the digest. The
// router makes a certificate of its own with that digest (net/tls_challenges.h), so the authority's connection is a
// connection as every other one, with the same deadlines and limits.
// Not here: showing the challenge (acme/certificate_keeper.h).
#pragma once
#include <openssl/x509.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "router/acme/open_challenges.h"
#include "router/net/loop.h"

namespace zeroway {

// The digest in the extension acmeIdentifier; nothing when the certificate has no such extension of the right form.
[[nodiscard]] std::optional<ChallengeDigest> read_challenge_digest(const X509* certificate);

class ChallengeReader {
 public:
  // Asks the client's `port` again and again until it answers for `name`; then calls `found` on the loop, once.
  ChallengeReader(Loop& loop, std::uint16_t port, std::string name, std::function<void(const ChallengeDigest&)> found);
  // Ends the asking. `found` is not called any more.
  ~ChallengeReader();
  ChallengeReader(const ChallengeReader&) = delete;
  ChallengeReader& operator=(const ChallengeReader&) = delete;

 private:
  void read(std::uint16_t port, const std::string& name);

  Loop& loop_;
  std::shared_ptr<std::function<void(const ChallengeDigest&)>> found_;  // what is posted may outlive the reader
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace zeroway
