// The terms that every TLS client is offered: for each site its policy (versions, ciphers, which clients may connect)
// and its certificates.
//
// Owner: shared by all loops of the router and by handshakes under way; never changed: new files make a new one.
// Thread: any. Not here: when files are read again (net/tls_keeper.h), one connection's secrets (net/tls_engine.h),
// challenges of ACME (net/tls_challenges.h).
//
//     the client's first message ── offers acme-tls/1 ──▶ the challenge of its name, else refused
//       └─▶ its name ──▶ the site of the name, else the default site: policy ──▶ a certificate of the site
//
// The policy and the name are part of each session: a ticket of one name is no ticket for another name, nor for the
// same name after its policy has changed.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/net/certificate_end.h"
#include "router/net/tls_ocsp.h"
#include "router/route/host_table.h"
#include "router/settings/tls_settings.h"

struct ssl_ctx_st;
struct ssl_st;

namespace zeroway {

class TlsContext {
 public:
  // `protocols` are the names of ALPN (RFC 7301) that are offered, best first. The error names the file and what is
  // wrong with it.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings,
                                                                      const std::vector<std::string>& protocols);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // For a name as the client sent it, with or without the dot of the root at its end. Its site is the one with the
  // name, else with the longest wildcard above the name, else the default site. Of the site's certificates the one with
  // the name, else one with a wildcard (RFC 9525 §6.3: for one label), else the first. For a name that no site has, the
  // certificates of all sites count. Never null.
  [[nodiscard]] ssl_ctx_st* find(std::string_view name) const;
  [[nodiscard]] ssl_ctx_st* first() const { return usual_->first; }
  [[nodiscard]] const std::string& protocols() const { return protocols_; }  // as ALPN has them on the wire
  [[nodiscard]] std::size_t size() const { return owned_.size(); }  // of different pairs of policy and certificates
  [[nodiscard]] const std::vector<CertificateEnd>& ends() const { return ends_; }

  // About the certificates of sites that staple.
  [[nodiscard]] const std::vector<OcspQuestion>& questions() const { return questions_; }

  // TlsPolicy::client_authorities() of the site that the client of `ssl` came to.
  [[nodiscard]] static const std::string& client_authorities(const ssl_st* ssl);

 private:
  TlsContext() = default;
  static int on_hello(ssl_st* ssl, int* alert, void* self);
  struct Loader;
  struct Rules;

  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  struct FreeRules {
    void operator()(Rules* rules) const;
  };
  // The certificates of a site, each with the site's policy.
  struct Certificates {
    std::map<std::string, ssl_ctx_st*, std::less<>> by_name;
    ssl_ctx_st* first = nullptr;
  };

  std::vector<std::unique_ptr<Rules, FreeRules>> rules_;
  std::vector<std::unique_ptr<ssl_ctx_st, Free>> owned_;
  std::vector<std::unique_ptr<Certificates>> sites_;
  HostTable<const Certificates*> by_host_;
  const Certificates* usual_ = nullptr;  // for names that no site has: with the default site's policy
  std::string protocols_;
  std::vector<CertificateEnd> ends_;
  std::vector<OcspQuestion> questions_;
};

}  // namespace zeroway
