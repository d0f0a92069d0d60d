#include "router/acme/http_challenges.h"

#include <doctest/doctest.h>

#include "tests/support/folder.h"

using namespace zeroway;

TEST_CASE("challenge token: only base64url below the well-known path") {
  CHECK(challenge_token("/.well-known/acme-challenge/abc-_9Z") == "abc-_9Z");
  for (const char* path :
       {"/.well-known/acme-challenge/", "/.well-known/acme-challenge", "/.well-known/acme-challenge/a/b",
        "/.well-known/acme-challenge/..", "/.well-known/acme-challenge/%2e%2e", "/.well-known/acme-challenge/a?b",
        "/.well-known/acme-challenge/a.b", "/x/.well-known/acme-challenge/a", "/"}) {
    CHECK_MESSAGE(challenge_token(path).empty(), path);
  }
  CHECK(challenge_token("/.well-known/acme-challenge/" + std::string(128, 'a')).size() == 128);
  CHECK(challenge_token("/.well-known/acme-challenge/" + std::string(129, 'a')).empty());
}

TEST_CASE("http challenges: a token of an open order is answered for its host alone") {
  const Folder folder;
  folder.write("tok", "tok.thumb");
  HttpChallenges challenges;
  CHECK_FALSE(challenges.find("a.test", "tok", "").has_value());
  auto open = std::make_shared<OpenChallenges>();
  open->folders.emplace("a.test", folder.path(""));
  challenges.use(open);
  CHECK(challenges.find("a.test", "tok", "") == "tok.thumb");
  CHECK(challenges.find("A.Test.:80", "tok", "") == "tok.thumb");
  CHECK_FALSE(challenges.find("b.test", "tok", "").has_value());
  CHECK_FALSE(challenges.find("a.test", "other", "").has_value());
  challenges.use(nullptr);
  CHECK_FALSE(challenges.find("a.test", "tok", "").has_value());
}

TEST_CASE("http challenges: the folder of another client is looked into, and nothing but ordinary files") {
  const Folder folder;
  folder.write("tok", "answer\n");
  folder.write("empty", "");
  folder.write("large", std::string(2'000, 'x'));
  std::filesystem::create_directory(folder.path("folder"));
  std::filesystem::create_symlink("/etc/hostname", folder.path("link"));
  const HttpChallenges challenges;
  CHECK(challenges.find("any.test", "tok", folder.path("")) == "answer\n");
  for (const char* token : {"none", "empty", "large", "folder", "link"})
    CHECK_FALSE(challenges.find("any.test", token, folder.path("")).has_value());
}
