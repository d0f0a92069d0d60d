#include "router/access/jwt_keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "router/access/base64.h"
#include "router/access/limits.h"
#include "router/access/secret_hash.h"
#include "router/settings/json_reader.h"

namespace zeroway {

namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* one) const {
    kFree(one);
  }
};
using PublicKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using HashContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Reader = std::unique_ptr<BIO, Free<BIO_free>>;
using X509Certificate = std::unique_ptr<X509, Free<X509_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

Error bad_file(const std::string& file, const std::string& why) {
  return {Fault::router, Code::internal, false, file + ": " + why};
}

Error refused(std::string why) { return {Fault::client, Code::bad_request, false, std::move(why)}; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

const EVP_MD* hash_of(const JwtAlgorithm& algorithm) {
  switch (algorithm.hash_bits) {
    case 256:
      return EVP_sha256();
    case 384:
      return EVP_sha384();
    case 512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

}  // namespace

struct JwtKey {
  std::string id;  // "" = none
  JwtKeyType type{};
  PublicKey key;       // none with a secret
  std::string secret;  // with JwtKeyType::secret
  std::vector<const JwtAlgorithm*> algorithms;
};

namespace {

// --- signatures

bool fits_secret(const JwtKey& key, const JwtToken& token) {
  unsigned char made[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(hash_of(*token.algorithm), key.secret.data(), static_cast<int>(key.secret.size()), bytes_of(token.signed_part),
       token.signed_part.size(), made, &size);
  return is_same_secret({reinterpret_cast<const char*>(made), size}, token.signature);
}

// R and S, end to end, as OpenSSL wants them: a DER sequence. Nothing when they have the wrong length.
std::optional<std::string> der_of(const JwtToken& token) {
  const std::size_t half = token.algorithm->key == JwtKeyType::p256   ? 32
                           : token.algorithm->key == JwtKeyType::p384 ? 48
                                                                      : 66;
  if (token.signature.size() != 2 * half) return std::nullopt;
  const unsigned char* at = bytes_of(token.signature);
  const EcSignature pair(ECDSA_SIG_new());
  const int size = static_cast<int>(half);
  if (ECDSA_SIG_set0(pair.get(), BN_bin2bn(at, size, nullptr), BN_bin2bn(at + half, size, nullptr)) != 1)
    return std::nullopt;
  unsigned char* der = nullptr;
  const int der_size = i2d_ECDSA_SIG(pair.get(), &der);
  if (der_size <= 0) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(der_size));
  OPENSSL_free(der);
  return text;
}

bool set_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;  // RFC 7518 §3.5
}

bool fits_public_key(const JwtKey& key, const JwtToken& token) {
  const bool is_ecdsa = token.algorithm->form == JwtAlgorithm::Form::ecdsa;
  const auto signature = is_ecdsa ? der_of(token) : std::optional(token.signature);
  if (!signature) return false;
  const HashContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;  // the hash context's own
  if (EVP_DigestVerifyInit(context.get(), &of_key, hash_of(*token.algorithm), nullptr, key.key.get()) != 1)
    return false;
  if (token.algorithm->form == JwtAlgorithm::Form::pss && !set_pss(of_key)) return false;
  return EVP_DigestVerify(context.get(), bytes_of(*signature), signature->size(), bytes_of(token.signed_part),
                          token.signed_part.size()) == 1;
}

bool takes(const JwtKey& key, const JwtToken& token) {
  const bool fits_id = key.id.empty() || token.key_id.empty() || key.id == token.key_id;
  return fits_id && std::find(key.algorithms.begin(), key.algorithms.end(), token.algorithm) != key.algorithms.end();
}

bool fits(const JwtKey& key, const JwtToken& token) {
  const bool is_good = key.type == JwtKeyType::secret ? fits_secret(key, token) : fits_public_key(key, token);
  ERR_clear_error();
  return is_good;
}

// --- which algorithms

// The first of its type in the table: RS256, not PS256; HS256.
const JwtAlgorithm& usual_algorithm(JwtKeyType type) {
  return *std::find_if(kJwtAlgorithms.begin(), kJwtAlgorithms.end(),
                       [type](const JwtAlgorithm& one) { return one.key == type; });
}

// Those that the operator names and the key can have. A key of a set may name its only one.
void choose_algorithms(JwtKey& key, const JwtKeys::Names& names, std::string_view own) {
  for (const JwtAlgorithm& algorithm : kJwtAlgorithms) {
    const bool is_usual = own.empty() && &algorithm == &usual_algorithm(key.type);
    const bool is_named = names.empty() ? is_usual || algorithm.name == own
                                        : std::find(names.begin(), names.end(), algorithm.name) != names.end();
    const bool may_be = own.empty() || own == algorithm.name;
    if (algorithm.key == key.type && is_named && may_be) key.algorithms.push_back(&algorithm);
  }
}

// --- reading PEM

// Nothing for a kind of key that no algorithm here uses.
std::optional<JwtKeyType> type_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return JwtKeyType::rsa;
    case EVP_PKEY_ED25519:
      return JwtKeyType::ed25519;
    case EVP_PKEY_EC:
      break;
    default:
      return std::nullopt;
  }
  char group[64];
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof(group), &size) != 1) return std::nullopt;
  const int curve = OBJ_sn2nid(group);
  if (curve == NID_X9_62_prime256v1) return JwtKeyType::p256;
  if (curve == NID_secp384r1) return JwtKeyType::p384;
  if (curve == NID_secp521r1) return JwtKeyType::p521;
  return std::nullopt;
}

// "" = it is long enough, and not too long.
std::string wrong_with(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return "";
  const int bits = EVP_PKEY_get_bits(key);
  if (bits >= kLeastRsaBits && bits <= kMostRsaBits) return "";
  return "an RSA key of " + std::to_string(bits) + " bits; wants " + std::to_string(kLeastRsaBits) + " to " +
         std::to_string(kMostRsaBits);
}

Reader reader_of(std::string_view text) { return Reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

PublicKey read_public_pem(std::string_view text) {
  PublicKey key(PEM_read_bio_PUBKEY(reader_of(text).get(), nullptr, nullptr, nullptr));
  if (!key) {
    const X509Certificate certificate(PEM_read_bio_X509(reader_of(text).get(), nullptr, nullptr, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  }
  ERR_clear_error();
  return key;
}

// --- reading a set

struct ReadKey {
  std::unique_ptr<JwtKey> key;  // none: the key is not for us
  std::string error;            // "" = none
};

std::string text_of(const Node& entry, std::string_view name) {
  const Node* member = entry.find(name);
  return member != nullptr && member->kind == Node::Kind::text ? member->text : std::string();
}

Number number_of(const Node& entry, std::string_view name) {
  const auto bytes = decode_base64url(text_of(entry, name));
  if (!bytes || bytes->empty()) return nullptr;
  return Number(BN_bin2bn(bytes_of(*bytes), static_cast<int>(bytes->size()), nullptr));
}

PublicKey make_key(const char* kind, const ParameterBuilder& builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return PublicKey(key);
}

// RFC 7518 §6.3.1
PublicKey read_rsa(const Node& entry) {
  const Number n = number_of(entry, "n");
  const Number e = number_of(entry, "e");
  if (!n || !e || BN_num_bits(n.get()) > kMostRsaBits || BN_num_bits(e.get()) > 64 || !BN_is_odd(e.get()))
    return nullptr;
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return make_key("RSA", builder);
}

struct Curve {
  std::string_view name;
  const char* group;
  std::size_t size;  // bytes of a coordinate
};
constexpr std::array kCurves{Curve{"P-256", "prime256v1", 32}, Curve{"P-384", "secp384r1", 48},
                             Curve{"P-521", "secp521r1", 66}};

const Curve* curve_of(const Node& entry) {
  const std::string name = text_of(entry, "crv");
  const auto found = std::find_if(kCurves.begin(), kCurves.end(), [&](const Curve& one) { return one.name == name; });
  return found == kCurves.end() ? nullptr : &*found;
}

// RFC 7518 §6.2.1. OpenSSL checks that the point is on the curve.
PublicKey read_ec(const Node& entry, const Curve& curve) {
  const auto x = decode_base64url(text_of(entry, "x"));
  const auto y = decode_base64url(text_of(entry, "y"));
  if (!x || !y || x->size() != curve.size || y->size() != curve.size) return nullptr;
  std::string point("\x04");  // not compressed (SEC 1 §2.3.3)
  point.append(*x).append(*y);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return make_key("EC", builder);
}

// RFC 8037 §2
PublicKey read_ed25519(const Node& entry) {
  const auto x = decode_base64url(text_of(entry, "x"));
  if (!x || x->size() != 32) return nullptr;
  return PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
}

// The key itself, with its type. Nothing in `key` for a kind that is not known.
ReadKey read_material(const Node& entry) {
  const std::string kind = text_of(entry, "kty");
  auto key = std::make_unique<JwtKey>();
  if (kind == "oct") {
    const auto secret = decode_base64url(text_of(entry, "k"));
    if (!secret || secret->size() < kLeastSecret)
      return {nullptr, "k is no base64url of at least " + std::to_string(kLeastSecret) + " bytes"};
    key->type = JwtKeyType::secret;
    key->secret = *secret;
    return {std::move(key), ""};
  }
  const Curve* curve = kind == "EC" ? curve_of(entry) : nullptr;
  if (kind == "RSA") {
    key->key = read_rsa(entry);
  } else if (curve != nullptr) {
    key->key = read_ec(entry, *curve);
  } else if (kind == "OKP" && text_of(entry, "crv") == "Ed25519") {
    key->key = read_ed25519(entry);
  } else {
    return {};
  }
  ERR_clear_error();
  const auto type = key->key ? type_of(key->key.get()) : std::nullopt;
  if (!type) return {nullptr, "its numbers make no " + kind + " key"};
  key->type = *type;
  if (const std::string wrong = wrong_with(key->key.get()); !wrong.empty()) return {nullptr, wrong};
  return {std::move(key), ""};
}

ReadKey read_entry(const Node& entry, const JwtKeys::Names& algorithms) {
  if (entry.kind != Node::Kind::table) return {nullptr, "is no JSON object"};
  if (entry.find("use") != nullptr && text_of(entry, "use") != "sig") return {};
  const std::string own = text_of(entry, "alg");
  if (entry.find("alg") != nullptr && jwt_algorithm(own) == nullptr) return {};
  ReadKey read = read_material(entry);
  if (!read.key) return read;
  read.key->id = text_of(entry, "kid");
  choose_algorithms(*read.key, algorithms, own);
  if (read.key->algorithms.empty()) return {};
  return read;
}

}  // namespace

JwtKeys::JwtKeys() = default;
JwtKeys::JwtKeys(JwtKeys&&) noexcept = default;
JwtKeys& JwtKeys::operator=(JwtKeys&&) noexcept = default;
JwtKeys::~JwtKeys() = default;

Result<JwtKeys> JwtKeys::read_pem(std::string_view text, const std::string& file, const Names& algorithms) {
  if (text.size() > kMaxKeyFile) return bad_file(file, "is larger than " + std::to_string(kMaxKeyFile) + " bytes");
  if (text.find("PRIVATE KEY-----") != std::string_view::npos)
    return bad_file(file,
                    "has a private key: the router needs the public one (openssl pkey -pubout), and nobody else "
                    "the private one");
  auto key = std::make_unique<JwtKey>();
  key->key = read_public_pem(text);
  if (!key->key) return bad_file(file, "has no public key and no certificate in PEM");
  const auto type = type_of(key->key.get());
  if (!type) return bad_file(file, "wants a key of RSA, P-256, P-384, P-521 or Ed25519");
  key->type = *type;
  if (const std::string wrong = wrong_with(key->key.get()); !wrong.empty()) return bad_file(file, wrong);
  choose_algorithms(*key, algorithms, "");
  if (key->algorithms.empty()) return bad_file(file, "none of the algorithms fits this key");
  JwtKeys keys;
  keys.keys_.push_back(std::move(key));
  return keys;
}

Result<JwtKeys> JwtKeys::read_secret(std::string_view text, const std::string& file, const Names& algorithms) {
  if (text.size() > kMaxKeyFile) return bad_file(file, "is larger than " + std::to_string(kMaxKeyFile) + " bytes");
  if (text.find("-----BEGIN ") != std::string_view::npos)
    return bad_file(file, "has a key in PEM, and no secret: say key_file");
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() < kLeastSecret)
    return bad_file(file, "has " + std::to_string(text.size()) + " bytes; wants at least " +
                              std::to_string(kLeastSecret) + ": openssl rand -hex 32");
  auto key = std::make_unique<JwtKey>();
  key->type = JwtKeyType::secret;
  key->secret = text;
  choose_algorithms(*key, algorithms, "");
  if (key->algorithms.empty()) return bad_file(file, "a secret needs one of the algorithms HS256, HS384 and HS512");
  JwtKeys keys;
  keys.keys_.push_back(std::move(key));
  return keys;
}

Result<JwtKeys> JwtKeys::read_set(std::string_view text, const std::string& file, const Names& algorithms) {
  if (text.size() > kMaxKeyFile) return bad_file(file, "is larger than " + std::to_string(kMaxKeyFile) + " bytes");
  Reading reading(file, Notation::json, {});
  const auto root = read_json(text, reading);
  if (reading.has_errors()) return Error{Fault::router, Code::internal, false, reading.errors().front()};
  const Node* list = root && root->kind == Node::Kind::table ? root->find("keys") : nullptr;
  if (list == nullptr || list->kind != Node::Kind::list)
    return bad_file(file, "is no key set: wants {\"keys\": [ … ]}");
  if (list->children.size() > kMaxKeys) return bad_file(file, "has more than " + std::to_string(kMaxKeys) + " keys");
  JwtKeys keys;
  for (std::size_t index = 0; index < list->children.size(); ++index) {
    ReadKey read = read_entry(list->children[index], algorithms);
    if (!read.error.empty()) return bad_file(file, "key " + std::to_string(index + 1) + ": " + read.error);
    if (read.key) keys.keys_.push_back(std::move(read.key));
  }
  if (keys.keys_.empty()) return bad_file(file, "has no key that signs by an algorithm that is taken here");
  return keys;
}

Result<> JwtKeys::check(const JwtToken& token) const {
  bool is_anybody = false;
  for (const auto& key : keys_) {
    if (!takes(*key, token)) continue;
    is_anybody = true;
    if (fits(*key, token)) return {};
  }
  if (is_anybody) return refused("the token's signature is wrong");
  return refused("no key for a token with alg " + std::string(token.algorithm->name) +
                 (token.key_id.empty() ? "" : " and this kid"));
}

}  // namespace zeroway
