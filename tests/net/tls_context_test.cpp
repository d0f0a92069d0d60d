#include "router/net/tls_context.h"

#include "tests/net/tls_bench.h"

using namespace zeroway;

namespace {

std::string failure_of(const TlsSettings& settings) {
  const auto context = TlsContext::load(settings, {"http/1.1"});
  return context ? "" : context.error().detail;
}

bool names(const std::string& text, const std::string& file) { return text.find(file) != std::string::npos; }

}  // namespace

TEST_CASE("tls context: a file that cannot be used is named") {
  TlsFolder folder;
  const TlsFiles good = folder.make("good", "DNS:a.test");
  const TlsFiles other = folder.make("other", "DNS:b.test");
  folder.write("half.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  folder.write("empty.crt", "");
  TlsSettings settings;
  const auto with = [&](const TlsFiles& files) {
    settings.certificates = {files};
    return failure_of(settings);
  };
  CHECK(with(good) == "");
  CHECK(names(with({good.certificate, folder.path("none.key")}), "none.key"));
  CHECK(names(with({folder.path("none.crt"), good.key}), "none.crt"));
  CHECK(names(with({good.certificate, other.key}), "other.key: is not the key of"));
  CHECK(names(with({folder.path("half.crt"), good.key}), "half.crt"));
  CHECK(names(with({folder.path("empty.crt"), good.key}), "empty.crt: no certificate"));
  CHECK(names(with({folder.path(""), good.key}), folder.path("")));
  settings.policy.client_ca = {folder.path("none.ca")};
  CHECK(names(with(good), "none.ca"));
}

TEST_CASE("tls context: a directory has pairs, and a certificate without its key is named") {
  TlsFolder folder;
  TlsSettings settings;
  settings.directory = folder.path("");
  CHECK(names(failure_of(settings), "no NAME.crt"));
  static_cast<void>(folder.make("a", "DNS:a.test"));
  static_cast<void>(folder.make("b", "DNS:b.test"));
  folder.write("notes.txt", "nothing");
  const auto context = TlsContext::load(settings, {"http/1.1"});
  REQUIRE(context.has_value());
  CHECK((*context)->size() == 2);
  CHECK((*context)->find("b.test") != (*context)->first());
  CHECK((*context)->find("b.test.") == (*context)->find("b.test"));  // the root's dot names nothing else
  CHECK((*context)->find("b.test..") == (*context)->first());
  CHECK((*context)->find(".") == (*context)->first());
  std::filesystem::remove(folder.path("b.key"));
  CHECK(names(failure_of(settings), "b.crt: has no b.key"));
  settings.directory = folder.path("nowhere");
  CHECK(names(failure_of(settings), "nowhere"));
}

TEST_CASE("tls context: certificates of several kinds for one name are one choice") {
  TlsFolder folder;
  TlsSettings settings;
  settings.certificates = {folder.make("ec", "DNS:a.test"), folder.make("rsa", "DNS:a.test", "", true),
                           folder.make("again", "DNS:a.test")};
  const auto context = TlsContext::load(settings, {"http/1.1"});
  REQUIRE(context.has_value());
  CHECK((*context)->size() == 1);
}
