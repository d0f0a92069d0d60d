// Certificates and keys as the operator keeps them: PEM files in, checked OpenSSL objects out.
//
// Owner: nobody; the objects read belong to the caller.   Thread: any.
// Not here: which certificate a client gets (net/tls_context.h), when files are read again (net/tls_keeper.h).
#pragma once
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/net/certificate_end.h"
#include "router/settings/settings.h"

namespace zeroway {

struct FreeOpenssl {
  void operator()(X509* one) const { X509_free(one); }
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
  void operator()(X509_STORE* one) const { X509_STORE_free(one); }
};
using Certificate = std::unique_ptr<X509, FreeOpenssl>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeOpenssl>;

// The proof that the router is the server with the name that a client asked for.
struct TlsIdentity {
  Certificate certificate;
  std::vector<Certificate> chain;  // intermediates, in the file's order
  PrivateKey key;
  std::vector<std::string> names;  // lower case, "*.example.org" among them
  CertificateEnd end;              // names the certificate's file
};

// Each error names the file and what is wrong with it.
[[nodiscard]] Result<TlsIdentity> read_identity(const TlsFiles& files);
[[nodiscard]] Result<std::vector<Certificate>> read_certificates(const std::string& file);
// The pairs of a directory, sorted by name. Fails when the directory cannot be read or has no pair, or when a
// certificate has no key.
[[nodiscard]] Result<std::vector<TlsFiles>> list_pairs(const std::string& directory);

// Why OpenSSL failed, as a text. Empties OpenSSL's queue of errors.
[[nodiscard]] std::string take_openssl_error();

}  // namespace zeroway
