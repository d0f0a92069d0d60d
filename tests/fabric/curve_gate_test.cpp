#include "router/fabric/curve_gate.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

using namespace zeroway;

namespace {

constexpr const char* kKey = "0#0000#0000#0000#0000#0000#0000#0000#000";
constexpr const char* kPublicKey =
    "0#0000#0000#0000#0000#0000#0000#0000$#$G";  // its last bit is 0: it may be a point (RFC 7748)

// A file with this text, gone with its guard.
class TextFile {
 public:
  explicit TextFile(const std::string& text) {
    const int descriptor = mkstemp(name_.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    std::ofstream(name_) << text;
  }
  ~TextFile() { unlink(name_.c_str()); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_ = "/tmp/zeroway-key.XXXXXX";
};

// What opening a gate with these files' texts says; "" when it opens.
std::string open_with(const std::string& key, const std::string& allow) {
  const TextFile key_file(key);
  const TextFile allow_file(allow);
  auto gate = CurveGate::open(key_file.name(), allow.empty() ? "" : allow_file.name());
  return gate ? "" : gate.error().detail;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("curve gate: a key may hold '#', which is a digit of Z85") {
  CHECK(open_with(std::string(kKey) + "\n", "") == "");
}

TEST_CASE("curve gate: what follows a space, and a line that begins with '# ', is a comment") {
  const std::string allow =
      "# our workers\n#\n\n" + std::string(kPublicKey) + "  # the first one\r\n" + kPublicKey + "\tsecond\n";
  CHECK(open_with(kKey, allow) == "");
}

TEST_CASE("curve gate: a line that is no key is named") {
  CHECK(says(open_with(kKey, "# one\nshort\n"), "line 2: not 40 characters of Z85"));
  CHECK(says(open_with(kKey, "#no-space\n"), "line 1: not 40 characters of Z85"));
}

TEST_CASE("curve gate: the router has one key, and an allow file allows somebody") {
  CHECK(says(open_with(std::string(kKey) + "\n" + kKey + "\n", ""), "holds 2 keys, not one"));
  CHECK(says(open_with("# nothing\n", ""), "holds 0 keys, not one"));
  CHECK(says(open_with(kKey, "# nobody\n"), "allows nobody"));
}
