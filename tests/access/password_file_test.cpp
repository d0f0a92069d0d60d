#include "router/access/password_file.h"

#include <doctest/doctest.h>

#include "router/access/password_hash.h"

using namespace zeroway;

namespace {

// Of "secret"; cheap ones.
const std::string kBcrypt = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const std::string kSha256 = "$5$rounds=1000$saltsalt$eKLZU9t9OoPWrqOQsoTIKG0aYkZ5rGOoOQhiIvoSWX2";
const std::string kSha512 =
    "$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/";
const std::string kYescrypt = "$y$j75$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH/aGTyBYMlnQidzyag01";

std::string error_of(const std::string& text) {
  const auto read = PasswordFile::read(text, "users");
  return read ? "" : read.error().detail;
}

}  // namespace

TEST_CASE("password hash: bcrypt, SHA-crypt and yescrypt are checked by libcrypt") {
  for (const std::string& hash : {kBcrypt, kSha256, kSha512, kYescrypt}) {
    CAPTURE(hash);
    CHECK(check_hash(hash).has_value());
    CHECK(fits_hash("secret", hash));
    CHECK_FALSE(fits_hash("Secret", hash));
    CHECK_FALSE(fits_hash("", hash));
  }
  std::string other = kBcrypt;
  other.replace(0, 4, "$2y$");  // as htpasswd writes it
  CHECK(fits_hash("secret", other));
}

TEST_CASE("password file: comments, empty lines, ends of line of Windows, and a comment behind the hash") {
  const auto read =
      PasswordFile::read("# users\n\nann:" + kBcrypt + "\r\nbob:" + kSha512 + ":Bob\njö:" + kBcrypt, "users");
  REQUIRE(read.has_value());
  CHECK(read->size() == 3);
  CHECK(*read->find("ann") == kBcrypt);
  CHECK(*read->find("bob") == kSha512);
  CHECK(read->find("Ann") == nullptr);
  CHECK(read->find("j\xc3\xb6") != nullptr);
}

TEST_CASE("password file: an unknown user costs a hash of somebody, always of the same one") {
  const auto read = PasswordFile::read("ann:" + kBcrypt + "\nbob:" + kSha512, "users");
  REQUIRE(read.has_value());
  CHECK(*read->any_hash(4) == kBcrypt);
  CHECK(*read->any_hash(4) == kBcrypt);
  CHECK(*read->any_hash(5) == kSha512);
  CHECK(PasswordFile::read("# nobody\n", "users")->any_hash(1) == nullptr);
}

TEST_CASE("password file: weak and broken hashes are refused with the line, and never repeated") {
  const std::string all =
      error_of("a:$apr1$abc$def\nb:{SHA}abc=\nc:secret\nd:$1$abc$def\n\nnobody\n:x\ne:$2b$04$short\nf:" + kBcrypt +
               "\nf:" + kBcrypt);
  for (const char* part :
       {"users:1: user 'a': is Apache's MD5", "users:2: user 'b': is SHA-1", "users:3: user 'c': is no hash",
        "users:4: user 'd': is MD5-crypt", "users:6: wants USER:HASH", "users:7: wants USER:HASH",
        "users:8: user 'e': is a broken bcrypt hash", "users:10: user 'f' is there twice", "htpasswd -nB"})
    CHECK_MESSAGE(all.find(part) != std::string::npos, part);
  CHECK(all.find("secret") == std::string::npos);
}

TEST_CASE("password file: a hash that would take minutes is refused") {
  std::string slow = kBcrypt;
  slow.replace(4, 2, "31");
  CHECK(error_of("a:" + slow).find("has cost 31") != std::string::npos);
  std::string many = kSha512;
  many.replace(3, 11, "rounds=999999999");
  CHECK(error_of("a:" + many).find("has 999999999 rounds") != std::string::npos);
}
