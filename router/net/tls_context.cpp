#include "router/net/tls_context.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "proto/bytes.h"
#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/net/tls_tickets.h"

namespace zeroway {

namespace {

// Mozilla's "intermediate" list without finite-field DHE, which costs us much and an attacker nothing (D(HE)at).
// No client that knows TLS 1.2 needs DHE.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";

Error openssl_error(const std::string& what) {
  return {Fault::router, Code::internal, false, what + ": " + take_openssl_error()};
}

int on_name(SSL* ssl, int*, void* context) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!name) return SSL_TLSEXT_ERR_NOACK;
  SSL_CTX* wanted = static_cast<const TlsContext*>(context)->find(name);
  if (wanted != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, wanted);
  return SSL_TLSEXT_ERR_OK;
}

// Without a protocol in common, the router answers without ALPN and speaks HTTP/1.1. RFC 7301 §3.2 would end the
// handshake. That would refuse clients that offer an older name of their protocol: `curl --http1.0` offers http/1.0
// alone.
int on_protocols(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* theirs,
                 unsigned int their_size, void* context) {
  const Bytes ours = as_bytes(static_cast<const TlsContext*>(context)->protocols());
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, ours.data(), static_cast<unsigned>(ours.size()), theirs, their_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::~TlsContext() = default;

// Builds a TlsContext. When something is wrong, the whole object is discarded.
struct TlsContext::Loader {
  Loader(const TlsSettings& with_settings, TlsContext& for_made) : settings(with_settings), made(for_made) {}

  [[nodiscard]] Result<> load() {
    if (auto read = read_identities(); !read) return read;
    if (auto read = read_client_ca(); !read) return read;
    return make_contexts();
  }

  [[nodiscard]] Result<> read_identities() {
    std::vector<TlsFiles> pairs = settings.certificates;
    if (!settings.directory.empty()) {
      const auto listed = list_pairs(settings.directory);
      if (!listed) return listed.error();
      pairs.insert(pairs.end(), listed->begin(), listed->end());
    }
    for (const TlsFiles& files : pairs) {
      auto identity = read_identity(files);
      if (!identity) return identity.error();
      made.ends_.push_back(identity->end);
      identities.push_back(std::move(*identity));
    }
    return {};
  }

  [[nodiscard]] Result<> read_client_ca() {
    if (settings.client_ca.empty()) return {};
    auto read = read_certificates(settings.client_ca);
    if (!read) return read.error();
    client_ca = std::move(*read);
    store.reset(X509_STORE_new());
    for (const Certificate& one : client_ca) {
      if (X509_STORE_add_cert(store.get(), one.get()) != 1) return openssl_error(settings.client_ca);
    }
    return {};
  }

  // A name may have certificates of several kinds (ECDSA, RSA): one context holds all of them, and OpenSSL takes the
  // certificate that the client can verify. Of two certificates of the same kind the first one counts.
  [[nodiscard]] Result<> make_contexts() {
    std::map<std::string, Set> by_name;
    for (std::size_t index = 0; index < identities.size(); ++index) {
      for (const std::string& name : identities[index].names) add(by_name[name], index);
    }
    const TlsIdentity& first = identities.front();
    std::map<Set, SSL_CTX*> contexts;
    const Set first_set = first.names.empty() ? Set{0} : by_name.at(first.names.front());
    for (const auto& [name, set] : by_name) contexts.emplace(set, nullptr);
    contexts.emplace(first_set, nullptr);
    for (auto& [set, context] : contexts) {
      auto built = make_context(set);
      if (!built) return built.error();
      context = *built;
    }
    for (const auto& [name, set] : by_name) made.by_name_.emplace(name, contexts.at(set));
    made.first_ = contexts.at(first_set);
    return {};
  }

  using Set = std::vector<std::size_t>;  // identities, by their places

  void add(Set& set, std::size_t index) const {
    const auto kind = [this](std::size_t one) { return EVP_PKEY_get_base_id(identities[one].key.get()); };
    const bool is_new = std::none_of(set.begin(), set.end(), [&](std::size_t one) { return kind(one) == kind(index); });
    if (is_new) set.push_back(index);
  }

  [[nodiscard]] Result<SSL_CTX*> make_context(const Set& set) {
    std::unique_ptr<SSL_CTX, Free> owner(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = owner.get();
    if (!context) return openssl_error("TLS");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_max_cert_list(context, static_cast<long>(kMaxCertList));
    const bool is_set = SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
                        SSL_CTX_set_ciphersuites(context, kCipherSuites) == 1 &&
                        SSL_CTX_set1_groups_list(context, kGroups) == 1;
    if (!is_set) return openssl_error("TLS");
    if (auto set_up = set_up_sessions(context); !set_up) return set_up.error();
    if (auto set_up = set_up_clients(context); !set_up) return set_up.error();
    SSL_CTX_set_tlsext_servername_callback(context, on_name);
    SSL_CTX_set_tlsext_servername_arg(context, &made);
    if (!made.protocols_.empty()) SSL_CTX_set_alpn_select_cb(context, on_protocols, &made);
    for (const std::size_t index : set) {
      if (auto used = use(context, identities[index]); !used) return used.error();
    }
    made.owned_.push_back(std::move(owner));
    return context;
  }

  [[nodiscard]] static Result<> use(SSL_CTX* context, const TlsIdentity& identity) {
    const bool is_used = SSL_CTX_use_certificate(context, identity.certificate.get()) == 1 &&
                         SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1;
    if (!is_used) return openssl_error(identity.end.file);
    for (const Certificate& one : identity.chain) {
      if (SSL_CTX_add1_chain_cert(context, one.get()) != 1) return openssl_error(identity.end.file);
    }
    return {};
  }

  // Clients keep sessions as tickets; the router keeps no session. A ticket is good only under the rules under which it
  // was issued.
  [[nodiscard]] Result<> set_up_sessions(SSL_CTX* context) const {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    const auto lifetime = std::chrono::duration_cast<std::chrono::seconds>(2 * settings.ticket_rotation);
    SSL_CTX_set_timeout(context, static_cast<long>(lifetime.count()));
    SSL_CTX_set_num_tickets(context, 1);
    use_ticket_keys(context);
    std::string rules = settings.client_optional ? "optional" : "";
    for (const Certificate& one : client_ca) {
      std::array<unsigned char, EVP_MAX_MD_SIZE> print{};
      unsigned int size = 0;
      if (X509_digest(one.get(), EVP_sha256(), print.data(), &size) != 1) return openssl_error(settings.client_ca);
      rules.append(reinterpret_cast<const char*>(print.data()), size);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> id{};
    unsigned int size = 0;
    const bool is_set = EVP_Digest(rules.data(), rules.size(), id.data(), &size, EVP_sha256(), nullptr) == 1 &&
                        SSL_CTX_set_session_id_context(context, id.data(), size) == 1;
    return is_set ? Result<>() : openssl_error("TLS");
  }

  [[nodiscard]] Result<> set_up_clients(SSL_CTX* context) const {
    if (!store) return {};
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (settings.client_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
                       nullptr);
    if (SSL_CTX_set1_verify_cert_store(context, store.get()) != 1) return openssl_error(settings.client_ca);
    for (const Certificate& one : client_ca) {
      if (SSL_CTX_add_client_CA(context, one.get()) != 1) return openssl_error(settings.client_ca);
    }
    return {};
  }

  const TlsSettings& settings;
  TlsContext& made;
  std::vector<TlsIdentity> identities;
  std::vector<Certificate> client_ca;
  std::unique_ptr<X509_STORE, FreeOpenssl> store;
};

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings,
                                                           const std::vector<std::string>& protocols) {
  const std::shared_ptr<TlsContext> made(new TlsContext);
  for (const std::string& protocol : protocols) {
    made->protocols_.push_back(static_cast<char>(protocol.size()));
    made->protocols_.append(protocol);
  }
  if (auto loaded = Loader(settings, *made).load(); !loaded) return loaded.error();
  return std::shared_ptr<const TlsContext>(made);
}

ssl_ctx_st* TlsContext::find(std::string_view name) const {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string wanted(name);
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](unsigned char c) { return std::tolower(c); });
  if (const auto at = by_name_.find(wanted); at != by_name_.end()) return at->second;
  const std::size_t dot = wanted.find('.');
  if (dot == std::string::npos || dot == 0) return first_;
  wanted.replace(0, dot, "*");
  const auto at = by_name_.find(wanted);
  return at != by_name_.end() ? at->second : first_;
}

}  // namespace zeroway
