#include "router/net/tls_engine.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/net/tls_hello.h"
#include "router/net/tls_sessions.h"

namespace zeroway {

// A BIO without memory of its own: OpenSSL's memory BIOs keep the most memory that they ever needed.
struct TlsEngine::Pipe {
  static int read(BIO* bio, char* to, int size) {
    TlsEngine& engine = *static_cast<TlsEngine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const std::size_t count = std::min(static_cast<std::size_t>(size), engine.input_.size());
    if (count == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(to, engine.input_.data(), count);
    engine.input_ = engine.input_.subspan(count);
    return static_cast<int>(count);
  }

  static int write(BIO* bio, const char* from, int size) {
    static_cast<TlsEngine*>(BIO_get_data(bio))->output_->append(from, static_cast<std::size_t>(size));
    return size;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  // A table of functions, never changed; OpenSSL wants it to live as long as the last connection.
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* table = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "zeroway");
      BIO_meth_set_read(table, read);
      BIO_meth_set_write(table, write);
      BIO_meth_set_ctrl(table, control);
      return table;
    }();
    return made;
  }
};

void FreeSsl::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsEngine::TlsEngine(Ssl ssl, TlsTerms terms) : terms_(std::move(terms)), ssl_(std::move(ssl)) {
  BIO* bio = ssl_ ? BIO_new(Pipe::method()) : nullptr;
  if (!bio) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

TlsEngine::TlsEngine(TlsTerms terms) : TlsEngine(Ssl(SSL_new(terms.context->first())), terms) {
  SSL_set_accept_state(ssl_.get());
}

TlsEngine::TlsEngine(TlsClientStart start) : TlsEngine(std::move(start.ssl), TlsTerms{}) {
  sessions_ = std::move(start.sessions);
  session_key_ = std::move(start.session_key);
  SSL_set_connect_state(ssl_.get());
}

// OpenSSL would never resume the session of a connection that ends without close_notify from both sides.
TlsEngine::~TlsEngine() {
  if (sessions_ && state_ != TlsState::failed) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsEngine& TlsEngine::of(const ssl_st* ssl) { return *static_cast<TlsEngine*>(SSL_get_app_data(ssl)); }

std::size_t TlsEngine::read(Bytes input, std::span<std::uint8_t> plain, std::string& output) {
  ERR_clear_error();  // the queue belongs to the whole thread
  input_ = input;
  output_ = &output;
  if (state_ == TlsState::handshake) shake_hands();
  std::size_t size = 0;
  while (state_ == TlsState::open) {
    assert(size < plain.size());
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), plain.data() + size, plain.size() - size, &count);
    size += count;
    if (result == 1) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) break;
    if (error == SSL_ERROR_ZERO_RETURN) {
      state_ = TlsState::ended;
    } else {
      fail(take_openssl_error());
    }
  }
  return size;
}

void TlsEngine::shake_hands() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    state_ = TlsState::open;
    if (SSL_is_server(ssl_.get())) check_client();
    terms_ = {};
    return;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_CLIENT_HELLO_CB) return;
  const long verified = SSL_get_verify_result(ssl_.get());
  std::string why = take_openssl_error();
  if (verified != X509_V_OK) why.append(", ").append(X509_verify_cert_error_string(verified));
  fail(std::move(why));
}

bool TlsEngine::awaits_challenge() const {
  return state_ == TlsState::handshake && SSL_want(ssl_.get()) == SSL_CLIENT_HELLO_CB;
}

// A name is never cut: the cut name might be that of another client.
void TlsEngine::check_client() {
  if (protocol() == kAcmeProtocol) return;
  client_authorities_ = TlsContext::client_authorities(ssl_.get());
  if (const std::size_t size = client_subject().size(); size > kMaxSubject) {
    fail("the subject of the client's certificate has " + std::to_string(size) + " bytes, over " +
         std::to_string(kMaxSubject));
  }
}

void TlsEngine::fail(std::string why) {
  state_ = TlsState::failed;
  failure_ = std::move(why);
  terms_ = {};
}

void TlsEngine::keep_session(ssl_session_st* session) {
  if (sessions_) sessions_->keep(session_key_, session);
}

void TlsEngine::write(Bytes plain, std::string& output) {
  assert(state_ == TlsState::open || state_ == TlsState::ended);
  if (plain.empty()) return;
  ERR_clear_error();
  output_ = &output;
  std::size_t written = 0;
  if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1) fail(take_openssl_error());
}

void TlsEngine::close(std::string& output) {
  if (state_ != TlsState::open && state_ != TlsState::ended) return;
  ERR_clear_error();
  output_ = &output;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string_view TlsEngine::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return as_text(Bytes(name, size));
}

std::string_view TlsEngine::version() const { return SSL_get_version(ssl_.get()); }

std::string_view TlsEngine::server_name() const {
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? std::string_view() : std::string_view(name);
}

std::string_view TlsEngine::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

bool TlsEngine::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

bool TlsEngine::has_client_certificate() const {
  return SSL_get0_peer_certificate(ssl_.get()) && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

namespace {

// XN_FLAG_RFC2253 escapes bytes that are not printable ASCII, so every name becomes a legal field value.
std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  if (!text || X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const char* begin = nullptr;
  const long size = BIO_get_mem_data(text.get(), &begin);
  return std::string(begin, static_cast<std::size_t>(size));
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(byte) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return text;
}

}  // namespace

std::string TlsEngine::client_subject() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate ? text_of(X509_get_subject_name(certificate)) : std::string();
}

std::string TlsEngine::client_issuer() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate ? text_of(X509_get_issuer_name(certificate)) : std::string();
}

std::string TlsEngine::client_serial() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (!certificate) return {};
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  return hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
              static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

std::string TlsEngine::client_fingerprint() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate ? hex(certificate_digest(certificate)) : std::string();
}

std::string TlsEngine::client_certificate() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509(certificate, &der) : 0;
  if (size <= 0) return {};
  std::string text(4 * (static_cast<std::size_t>(size) + 2) / 3 + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), der, size)));
  OPENSSL_free(der);
  return text;
}

}  // namespace zeroway
