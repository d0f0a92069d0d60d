// OpenSSL's objects as values that free themselves, and their PEM forms.
//
// Owner: whoever holds them.   Thread: one at a time.
// Not here: the objects that TLS needs (net/tls_files.h).
#pragma once
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/net/tls_files.h"

namespace zeroway {

struct FreeBio {
  void operator()(BIO* one) const { BIO_free(one); }
};
using OpensslText = std::unique_ptr<BIO, FreeBio>;

[[nodiscard]] inline OpensslText reader_of(std::string_view text) {
  return OpensslText(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

[[nodiscard]] inline std::string text_of(const OpensslText& writer) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(writer.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

[[nodiscard]] inline Error openssl_error(const std::string& what) {
  return {Fault::router, Code::internal, false, what + ": " + take_openssl_error()};
}

// Never asks for a password: nobody is there to type it.
[[nodiscard]] inline PrivateKey read_key_text(std::string_view pem) {
  const auto refuse = [](char*, int, int, void*) { return -1; };
  return PrivateKey(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, refuse, nullptr));
}

[[nodiscard]] inline Certificate read_certificate_text(std::string_view pem) {
  return Certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

}  // namespace zeroway
