// Certificates in files of a folder that goes with the test, and a TLS client without a socket.
//
// Owner: the test.   Thread: its own.
#pragma once
#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <string>
#include <vector>

#include "router/net/limits.h"
#include "router/net/tls_engine.h"
#include "router/net/tls_files.h"
#include "tests/support/folder.h"

namespace zeroway {

class TlsFolder : public Folder {
 public:
  long seconds_good = 3'600;  // from now, of those made next

  // FILE.crt and FILE.key, signed by itself. `names` as OpenSSL's configuration has them: "DNS:a.test,DNS:*.b.test".
  TlsFiles make(const std::string& file, const std::string& names, const std::string& common_name = "",
                bool is_rsa = false) const {
    const PrivateKey key(is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    X509* one = certificate.get();
    X509_set_version(one, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(one), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(one), -60);
    X509_gmtime_adj(X509_getm_notAfter(one), seconds_good);
    X509_set_pubkey(one, key.get());
    if (!common_name.empty()) {
      X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    }
    X509_set_issuer_name(one, X509_get_subject_name(one));
    if (!names.empty()) add(one, NID_subject_alt_name, names);
    add(one, NID_basic_constraints, "critical,CA:TRUE");
    REQUIRE(X509_sign(one, key.get(), EVP_sha256()) > 0);
    const TlsFiles files{path(file + ".crt"), path(file + ".key")};
    std::FILE* out = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(out, one);
    std::fclose(out);
    out = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    return files;
  }

 private:
  static void add(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    REQUIRE(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  mutable long serial_ = 0;
};

// OpenSSL as a client, with OpenSSL's own buffers.
class ClientEnd {
 public:
  ClientEnd() : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {}

  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
  void begin(const std::string& name = "") {
    // A session whose connection ended otherwise would not be resumed.
    if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    ssl_.reset(SSL_new(context_.get()));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);
    if (!name.empty()) SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
    SSL_set_connect_state(ssl_.get());
  }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

  // What it wants to send, after a step.
  std::string step() {
    if (!is_open()) SSL_do_handshake(ssl_.get());
    if (is_open()) {
      char text[16'384];
      int count = 0;
      while ((count = SSL_read(ssl_.get(), text, sizeof text)) > 0) heard.append(text, static_cast<std::size_t>(count));
    }
    return take();
  }
  std::string say(const std::string& text) {
    REQUIRE(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0);
    return take();
  }
  std::string take() {
    const char* begin = nullptr;
    const long size = BIO_get_mem_data(out_, &begin);
    const std::string out(begin, static_cast<std::size_t>(size));
    static_cast<void>(BIO_reset(out_));
    return out;
  }
  void give(const std::string& bytes) { BIO_write(in_, bytes.data(), static_cast<int>(bytes.size())); }
  [[nodiscard]] bool is_open() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  [[nodiscard]] bool has_heard_end() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  [[nodiscard]] std::string peer_name() const {
    const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    char name[256] = "";
    if (certificate) X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return name;
  }

  std::string heard;

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
};

}  // namespace zeroway
