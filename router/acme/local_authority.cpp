#include "router/acme/local_authority.h"

#include "router/acme/file_store.h"
#include "router/acme/limits.h"
#include "router/net/file_text.h"

namespace zeroway {

namespace {

Result<Issuer> read_issuer(const std::string& certificate, const std::string& key) {
  auto certificate_text = read_file_text(certificate, kMostPair);
  if (!certificate_text) return certificate_text.error();
  auto key_text = read_file_text(key, kMostPair);
  if (!key_text) return key_text.error();
  Issuer issuer{std::move(*certificate_text), std::move(*key_text)};
  if (is_whole(issuer)) return issuer;
  return Error{Fault::router, Code::internal, false, key + ": is not the key of " + certificate};
}

}  // namespace

// The key is written first: without the certificate nobody trusts the root yet, and both are made again.
Result<Issuer> LocalAuthority::root(WallTime now) const {
  const std::string certificate = folder_ + "/root.crt", key = folder_ + "/root.key";
  if (has_file(certificate)) return read_issuer(certificate, key);
  auto made = make_root(now);
  if (!made) return made;
  if (auto written = write_whole_file(key, made->key); !written) return written.error();
  if (auto written = write_whole_file(certificate, made->certificate); !written) return written.error();
  return made;
}

Result<Issuer> LocalAuthority::intermediate(WallTime now) const {
  const std::string file = folder_ + "/intermediate.pem";  // key and certificate
  auto above = root(now);
  if (const auto text = read_file_text(file, kMostPair)) {
    const Issuer stored{*text, *text};
    // Without the root's key the old one serves to its end.
    const bool is_good = is_whole(stored) && (!above || is_issued_by(stored, *above));
    const WallTime enough = above ? now + kLeafLife : now;
    if (is_good && end_of_issuer(stored) > enough) {
      return Issuer{text->substr(text->find("-----BEGIN CERTIFICATE")), *text};
    }
  }
  if (!above) return above;
  auto made = make_intermediate(*above, now);
  if (!made) return made;
  if (auto written = write_whole_file(file, made->key + made->certificate); !written) return written.error();
  return made;
}

Result<std::string> LocalAuthority::issue(const std::string& host, WallTime now) {
  if (auto made = make_folders(folder_); !made) return made.error();
  const auto issuer = intermediate(now);
  if (!issuer) return issuer.error();
  return make_leaf(*issuer, host, now);
}

}  // namespace zeroway
