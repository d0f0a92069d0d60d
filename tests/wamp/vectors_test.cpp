// The messages of tests/cases/wamp, through every pair of serializers.
#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Vector {
  std::string name;
  std::string forms[kSerializers.size()];

  [[nodiscard]] const std::string& in(Serializer serializer) const {
    return forms[static_cast<std::size_t>(serializer)];
  }
};

void add_form(Vector& vector, const std::string& line) {
  const auto space = line.find(' ');
  const auto serializer = serializer_named(line.substr(0, space));
  if (!serializer) throw std::runtime_error("no serializer: " + line);
  const std::string form = line.substr(space + 1);
  vector.forms[static_cast<std::size_t>(*serializer)] = is_text(*serializer) ? form : from_hex(form);
}

std::vector<Vector> read_vectors() {
  std::ifstream file(ZEROWAY_CASES "/wamp/messages.txt");
  std::vector<Vector> vectors;
  bool is_named = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      is_named = false;
    } else if (!is_named) {
      vectors.push_back({line, {}});
      is_named = true;
    } else {
      add_form(vectors.back(), line);
    }
  }
  return vectors;
}

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kVectors = read_vectors();
  return kVectors;
}

}  // namespace

TEST_CASE("vectors: each message of the specification's suite becomes its bytes in every other serializer") {
  CHECK(vectors().size() == 35);
  for (const Vector& vector : vectors()) {
    CAPTURE(vector.name);
    for (const Serializer from : kSerializers)
      for (const Serializer to : kSerializers)
        CHECK(to_hex(translated(from, to, vector.in(from))) == to_hex(vector.in(to)));
  }
}

TEST_CASE("vectors: a message that is cut off anywhere is refused, and so is one with a byte too much") {
  for (const Vector& vector : vectors()) {
    CAPTURE(vector.name);
    for (const Serializer from : kSerializers) {
      const std::string& whole = vector.in(from);
      for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(said(from, whole.substr(0, size)).starts_with("malformed: "));
      CHECK(said(from, whole + (is_text(from) ? "]" : std::string(1, '\0'))) == "malformed: more behind the value");
    }
  }
}

TEST_CASE("vectors: JSON with spaces is the same message") {
  CHECK(translated(Serializer::json, Serializer::json, " [ 49 , 7814135 ,\t{ } ]\r\n") == "[49,7814135,{}]");
}
