#include "router/net/tls_ocsp.h"

#include "tests/net/ocsp_bench.h"

using namespace zeroway;

namespace {

bool says(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("tls ocsp: the question is for the responder that the certificate names") {
  const Signed made;
  const auto question = ask_about(made.identity);
  REQUIRE(question.has_value());
  CHECK(question->url == "http://ocsp.test/x");
  CHECK_FALSE(question->is_must);
  CHECK(question->certificate.size() == 32);
  CHECK_FALSE(question->body.empty());
  CHECK(ask_about(Signed("status_request").identity)->is_must);

  const TlsFolder folder;
  auto alone = read_identity(folder.make("alone", "DNS:a.test"));
  REQUIRE(alone.has_value());
  CHECK_FALSE(ask_about(std::make_shared<const TlsIdentity>(std::move(*alone))).has_value());
}

TEST_CASE("tls ocsp: only a good answer of this time, about this certificate and signed for it, is a staple") {
  const Signed made;
  CHECK(made.judged(made.answer({})) == "good");
  CHECK(made.judged(made.answer({.from = -60, .until = 0})) == "good");  // without nextUpdate: for an hour
  CHECK(says(made.judged(made.answer({.from = -2 * kHour, .until = 0})), "of the past"));
  CHECK(says(made.judged(made.answer({.verdict = V_OCSP_CERTSTATUS_REVOKED})), "revoked"));
  CHECK(says(made.judged(made.answer({.verdict = V_OCSP_CERTSTATUS_UNKNOWN})), "unknown"));
  CHECK(says(made.judged(made.answer({.from = -2 * kHour, .until = -kHour})), "of the past"));
  CHECK(says(made.judged(made.answer({.from = kHour, .until = 2 * kHour})), "of the future"));
  CHECK(says(made.judged(made.answer({.is_of_other = true})), "another certificate"));
  CHECK(says(made.judged(made.answer({.is_signed_by_stranger = true})), "not signed for it"));
  CHECK(says(made.judged("nonsense"), "no answer of OCSP"));
  CHECK(says(made.judged(""), "no answer of OCSP"));
  const std::string whole = made.answer({});
  for (std::size_t size = 0; size < whole.size(); size += 7) CHECK(made.judged(whole.substr(0, size)) != "good");
  OCSP_RESPONSE* later = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_RESPONSE(later, &der);
  CHECK(says(made.judged({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}), "trylater"));
  OPENSSL_free(der);
  OCSP_RESPONSE_free(later);
}

TEST_CASE("tls ocsp: a staple is found until its end, and never later") {
  const WallTime now = std::chrono::system_clock::now();
  const TlsStaples staples({{"a", {"answer", now, now + std::chrono::hours(1)}}});
  CHECK(staples.find("a", now)->answer == "answer");
  CHECK(staples.find("a", now + std::chrono::hours(1)) == nullptr);
  CHECK(staples.find("b", now) == nullptr);
}
