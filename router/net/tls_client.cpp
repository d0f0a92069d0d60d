#include "router/net/tls_client.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/net/tls_sessions.h"

namespace zeroway {

namespace {

Error openssl_error(const std::string& what) {
  return {Fault::router, Code::internal, true, what + ": " + take_openssl_error()};
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

// 0: the session stays OpenSSL's; we have a copy.
int on_session(SSL* ssl, SSL_SESSION* session) {
  TlsEngine::of(ssl).keep_session(session);
  return 0;
}

Result<> use_identity(SSL_CTX* context, const TlsFiles& files) {
  if (files.certificate.empty()) return {};
  auto identity = read_identity(files);
  if (!identity) return identity.error();
  const bool is_used = SSL_CTX_use_certificate(context, identity->certificate.get()) == 1 &&
                       SSL_CTX_use_PrivateKey(context, identity->key.get()) == 1;
  if (!is_used) return openssl_error(files.certificate);
  for (const Certificate& one : identity->chain) {
    if (SSL_CTX_add1_chain_cert(context, one.get()) != 1) return openssl_error(files.certificate);
  }
  return {};
}

Result<> trust(SSL_CTX* context, const TlsClientSettings& settings) {
  SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.ca_file.empty()) {
    return SSL_CTX_set_default_verify_paths(context) == 1 ? Result<>() : openssl_error("the system's certificates");
  }
  const auto read = read_certificates(settings.ca_file);
  if (!read) return read.error();
  const std::unique_ptr<X509_STORE, FreeOpenssl> store(X509_STORE_new());
  for (const Certificate& one : *read) {
    if (X509_STORE_add_cert(store.get(), one.get()) != 1) return openssl_error(settings.ca_file);
  }
  return SSL_CTX_set1_cert_store(context, store.get()), Result<>();
}

Result<> offer(SSL_CTX* context, const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) {
      return Error{Fault::router, Code::internal, true, "no protocol of ALPN: \"" + protocol + "\""};
    }
    wire.push_back(static_cast<char>(protocol.size()));
    wire.append(protocol);
  }
  if (wire.empty()) return {};
  // 0 is success here.
  const int failed = SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(wire.data()),
                                             static_cast<unsigned>(wire.size()));
  return failed == 0 ? Result<>() : openssl_error("ALPN");
}

Result<Context> make_context(const TlsClientSettings& settings) {
  Context owner(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = owner.get();
  if (!context) return openssl_error("TLS");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_max_cert_list(context, static_cast<long>(kMaxCertList));
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_session);
  if (auto done = trust(context, settings); !done) return done.error();
  if (auto done = use_identity(context, settings.identity); !done) return done.error();
  if (auto done = offer(context, settings.protocols); !done) return done.error();
  return owner;
}

bool set_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const auto address = SocketAddress::numeric(name, 0);
  if (address) return X509_VERIFY_PARAM_set1_ip_asc(rules, name.substr(0, name.find('%')).c_str()) == 1;
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) == 1;
}

}  // namespace

struct TlsClient::Rules {
  TlsClientSettings settings;
  Context context;
  std::shared_ptr<TlsSessions> sessions = std::make_shared<TlsSessions>();
};

Result<TlsClient> TlsClient::load(const TlsClientSettings& settings) {
  auto context = make_context(settings);
  if (!context) return context.error();
  auto rules = std::make_shared<Rules>();
  rules->settings = settings;
  rules->context = std::move(*context);
  return TlsClient(std::move(rules), "");
}

TlsClient TlsClient::named(std::string server_name) const {
  if (server_name.ends_with('.')) server_name.pop_back();  // RFC 6066 §3: no dot of the root
  return {rules_, std::move(server_name)};
}

bool TlsClient::offers(std::string_view protocol) const {
  const auto& ours = rules_->settings.protocols;
  return std::find(ours.begin(), ours.end(), protocol) != ours.end();
}

Result<TlsClientStart> TlsClient::start(const SocketAddress& address) const {
  const std::string& name = name_.empty() ? address.host() : name_;
  if (name.empty() && rules_->settings.verify) {
    return Error{Fault::router, Code::internal, true, address.show() + ": TLS has no server name to verify"};
  }
  TlsClientStart start;
  start.ssl.reset(SSL_new(rules_->context.get()));
  if (!start.ssl) throw std::bad_alloc();
  if (!name.empty() && !set_name(start.ssl.get(), name)) return openssl_error("the server name " + name);
  start.sessions = rules_->sessions;
  start.session_key = name + " at " + address.show();
  const TlsSession session = start.sessions->find(start.session_key);
  if (session) SSL_set_session(start.ssl.get(), session.get());
  return start;
}

}  // namespace zeroway
