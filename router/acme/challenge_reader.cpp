#include "router/acme/challenge_reader.h"

#include <openssl/ssl.h>

#include <algorithm>

#include "router/acme/limits.h"
#include "router/acme/openssl_objects.h"

namespace zeroway {

namespace {

constexpr std::string_view kProtocol =
    "\x0a"
    "acme-tls/1";  // as ALPN has it on the wire

struct FreeContext {
  void operator()(SSL_CTX* one) const { SSL_CTX_free(one); }
};
struct FreeConnection {
  void operator()(BIO* one) const { BIO_free_all(one); }
};
struct FreeObject {
  void operator()(ASN1_OBJECT* one) const { ASN1_OBJECT_free(one); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Connection = std::unique_ptr<BIO, FreeConnection>;

// The certificate signs itself, and only its extension is of interest.
Context make_context() {
  Context context(SSL_CTX_new(TLS_client_method()));
  const auto* const protocol = reinterpret_cast<const unsigned char*>(kProtocol.data());
  if (context) SSL_CTX_set_alpn_protos(context.get(), protocol, static_cast<unsigned>(kProtocol.size()));
  return context;
}

// Whether the handshake succeeds within kDigestWait.
bool shake_hands(BIO* connection, const std::atomic<bool>& is_over) {
  const auto deadline = std::chrono::steady_clock::now() + kDigestWait;
  while (!is_over && BIO_do_handshake(connection) != 1) {
    if (!BIO_should_retry(connection) || std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kDigestInterval);
  }
  return !is_over;
}

std::optional<ChallengeDigest> ask(SSL_CTX* context, std::uint16_t port, const std::string& name,
                                   const std::atomic<bool>& is_over) {
  const Connection connection(BIO_new_ssl_connect(context));
  if (!connection) return std::nullopt;
  SSL* ssl = nullptr;
  BIO_get_ssl(connection.get(), &ssl);
  SSL_set_tlsext_host_name(ssl, name.c_str());
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  BIO_set_nbio(connection.get(), 1);
  if (!shake_hands(connection.get(), is_over)) return std::nullopt;
  const Certificate certificate(SSL_get1_peer_certificate(ssl));
  return certificate ? read_challenge_digest(certificate.get()) : std::nullopt;
}

}  // namespace

// The extension's value is an OCTET STRING inside the OCTET STRING of every extension (RFC 8737 §3).
std::optional<ChallengeDigest> read_challenge_digest(const X509* certificate) {
  const std::unique_ptr<ASN1_OBJECT, FreeObject> kind(OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1));
  const int at = X509_get_ext_by_OBJ(certificate, kind.get(), -1);
  if (at < 0) return std::nullopt;
  const ASN1_OCTET_STRING* const value = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
  ChallengeDigest digest;
  const unsigned char* const bytes = ASN1_STRING_get0_data(value);
  if (ASN1_STRING_length(value) != 34 || bytes[0] != V_ASN1_OCTET_STRING || bytes[1] != digest.size()) {
    return std::nullopt;
  }
  std::copy(bytes + 2, bytes + 34, digest.begin());
  return digest;
}

ChallengeReader::ChallengeReader(Loop& loop, std::uint16_t port, std::string name,
                                 std::function<void(const ChallengeDigest&)> found)
    : loop_(loop),
      found_(std::make_shared<std::function<void(const ChallengeDigest&)>>(std::move(found))),
      thread_([this, port, name = std::move(name)] { read(port, name); }) {}

ChallengeReader::~ChallengeReader() {
  is_over_ = true;
  thread_.join();  // within one wait of kDigestInterval
  *found_ = nullptr;
}

void ChallengeReader::read(std::uint16_t port, const std::string& name) {
  const Context context = make_context();
  while (context && !is_over_) {
    const auto digest = ask(context.get(), port, name, is_over_);
    static_cast<void>(take_openssl_error());
    if (digest) {
      return loop_.post([found = found_, digest = *digest] {
        if (*found) (*found)(digest);
      });
    }
    if (!is_over_) std::this_thread::sleep_for(kDigestInterval);
  }
}

}  // namespace zeroway
