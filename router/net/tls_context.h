// The terms that every TLS client is offered: certificates by name, versions, ciphers, protocols, which clients may
// connect.
//
// Owner: shared by all loops of the router and by handshakes under way; never changed: new files make a new one.
// Thread: any. Not here: when files are read again (net/tls_keeper.h), one connection's secrets (net/tls_engine.h).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/net/certificate_end.h"
#include "router/settings/settings.h"

struct ssl_ctx_st;

namespace zeroway {

struct TlsIdentity;

class TlsContext {
 public:
  // `protocols` are the names of ALPN (RFC 7301) that are offered, best first. The error names the file and what is
  // wrong with it.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings,
                                                                      const std::vector<std::string>& protocols);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // For a name as the client sent it, with or without the dot of the root at its end: the certificate of that name,
  // else one with a wildcard (RFC 9525 §6.3: for one label), else the first certificate. Never null.
  [[nodiscard]] ssl_ctx_st* find(std::string_view name) const;
  [[nodiscard]] ssl_ctx_st* first() const { return first_; }
  [[nodiscard]] const std::string& protocols() const { return protocols_; }  // as ALPN has them on the wire
  [[nodiscard]] std::size_t size() const { return owned_.size(); }           // of different certificate sets
  [[nodiscard]] const std::vector<CertificateEnd>& ends() const { return ends_; }

 private:
  TlsContext() = default;
  struct Loader;

  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::vector<std::unique_ptr<ssl_ctx_st, Free>> owned_;
  std::map<std::string, ssl_ctx_st*, std::less<>> by_name_;
  ssl_ctx_st* first_ = nullptr;
  std::string protocols_;
  std::vector<CertificateEnd> ends_;
};

}  // namespace zeroway
