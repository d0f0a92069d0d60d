#include "router/acme/challenge_reader.h"

#include <doctest/doctest.h>

#include "router/acme/openssl_objects.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// A certificate with these bytes as its acmeIdentifier.
Certificate with_identifier(const std::string& bytes) {
  Certificate made(X509_new());
  ASN1_OBJECT* const kind = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
  ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  X509_EXTENSION* const extension = X509_EXTENSION_create_by_OBJ(nullptr, kind, 1, value);
  X509_add_ext(made.get(), extension, -1);
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(kind);
  return made;
}

}  // namespace

TEST_CASE("challenge reader: the digest is the octet string in the extension, of 32 bytes (RFC 8737 §3)") {
  const std::string digest = "0123456789abcdef0123456789abcdef";
  const auto read = read_challenge_digest(with_identifier("\x04\x20" + digest).get());
  REQUIRE(read.has_value());
  CHECK(std::string(read->begin(), read->end()) == digest);
  for (const std::string& wrong : {digest, "\x04\x1f" + digest.substr(1), "\x03\x20" + digest, std::string(),
                                   "\x04\x20" + digest + "x", std::string("\x04")}) {
    CHECK_FALSE(read_challenge_digest(with_identifier(wrong).get()).has_value());
  }
  const Certificate bare(X509_new());
  CHECK_FALSE(read_challenge_digest(bare.get()).has_value());
}

TEST_CASE("challenge reader: its owner can go while nobody answers") {
  Loop loop{ManySends::Ring::never};
  bool is_found = false;
  {
    const ChallengeReader reader(loop, 1, "a.test", [&](const ChallengeDigest&) { is_found = true; });
  }
  CHECK_FALSE(is_found);
}
