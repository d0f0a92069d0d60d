// What a file says of who may use services of sessions.
#include <doctest/doctest.h>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

const std::string kMain = "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nport = 8080\n";

PermitSettings permits_of(const std::string& text) {
  return good(read_toml_text(text)).file->sites.at(0).sessions.permits;
}
std::string error_of(const std::string& text) {
  const FileReading reading = read_toml_text(text);
  return reading.errors.empty() ? "" : reading.errors.front();
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("permit settings: services are open, and permits live for seven days, unless a file says another thing") {
  const PermitSettings usual = permits_of(kMain + "[sites.sessions]\nenabled = true\n");
  CHECK(usual == PermitSettings());
  CHECK(usual.open_to_public);
  CHECK(usual.permit_lifetime == std::chrono::hours(168));
  const PermitSettings said = permits_of(kMain +
                                         "[sites.sessions]\nenabled = true\nopen_to_public = false\n"
                                         "jwt_secret_file = \"s\"\npermit_key_file = \"/k\"\npermit_lifetime = \"1h\"\n"
                                         "same_site = \"none\"\nforward_token = true\n"
                                         "allowed_client_ips = [\"10.0.0.0/8\", \"2001:db8::/32\", \"::1\"]\n");
  CHECK_FALSE(said.open_to_public);
  CHECK(said.jwt_secret_file == "dir/s");
  CHECK(said.permit_key_file == "/k");
  CHECK(said.permit_lifetime == std::chrono::hours(1));
  CHECK(said.same_site == SameSite::none);
  CHECK(said.forward_token);
  CHECK(said.allowed_client_ips.size() == 3);
}

TEST_CASE("permit settings: a site is as [sessions] says, and says another thing in its own place") {
  const std::string top = "[sessions]\nenabled = true\nopen_to_public = false\njwt_secret_file = \"s\"\n";
  CHECK_FALSE(permits_of(top + kMain).open_to_public);
  CHECK(permits_of(top + kMain + "[sites.sessions]\nopen_to_public = true\n").open_to_public);
  const std::string without = "[sessions]\nenabled = true\nopen_to_public = true\n" + kMain;
  CHECK(has(error_of(without + "[sites.sessions]\nopen_to_public = false\n"),
            ":9:18: sites(main).sessions.open_to_public = false: wants jwt_secret_file"));
}

TEST_CASE("permit settings: closed services want a secret, and networks are networks") {
  const std::string closed = "[sites.sessions]\nenabled = true\nopen_to_public = false\n";
  CHECK(has(error_of(kMain + closed), ":7:18: sites(main).sessions.open_to_public = false: wants jwt_secret_file"));
  CHECK(error_of(kMain + "[sites.sessions]\nopen_to_public = false\n").empty());  // nobody is served
  CHECK(has(error_of("[sessions]\nenabled = true\nopen_to_public = false\n"), "wants jwt_secret_file"));
  for (const char* wrong :
       {"[\"all\"]", "[\"10.0.0.0/33\"]", "[\"10.0.0.0/8\", \"x\"]", "[\"\"]", "\"10.0.0.0/8\"", "[1]"})
    CHECK_MESSAGE(has(error_of(kMain + "[sites.sessions]\nallowed_client_ips = " + wrong + "\n"), "allowed_client_ips"),
                  wrong);
  CHECK(has(error_of(kMain + "[sites.sessions]\npermit_lifetime = 0\n"), "permit_lifetime"));
  CHECK(has(error_of(kMain + "[sites.sessions]\nsame_site = \"some\"\n"), "same_site"));
}
