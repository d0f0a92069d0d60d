// tests/cases/http1/requests*.txt: what a client sends and what the codec tells, in every cut.
#include <doctest/doctest.h>

#include <sstream>

#include "router/http/h1_codec.h"
#include "tests/http/case_file.h"
#include "tests/http/verb_recorder.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

HttpLimits limits_of(const Case& one) {
  HttpLimits limits;
  std::istringstream words(one.joined("limits"));
  std::string word;
  while (words >> word) {
    const auto equal = word.find('=');
    const auto value = std::stoul(word.substr(equal + 1));
    const auto name = word.substr(0, equal);
    if (name == "max_head") {
      limits.max_head = value;
    } else if (name == "max_request_line") {
      limits.max_request_line = value;
    } else if (name == "max_fields") {
      limits.max_fields = value;
    } else if (name == "max_body") {
      limits.max_body = value;
    } else {
      throw std::runtime_error("unknown limit " + name);
    }
  }
  return limits;
}

// Plays a session: keeps what the codec did not take, credits data, answers each request when it is over.
std::string run(const HttpLimits& limits, const std::vector<std::string_view>& pieces) {
  H1Codec codec(limits, "http");
  VerbRecorder verbs;
  verbs.terms.max_body = limits.max_body;
  const auto answer = [&](CodecStream stream, const char* status) {
    Head head{{":status", status}};
    Head none;
    codec.head(stream, head, Last::yes);
    codec.end(stream, none);
  };
  verbs.on_data = [&](CodecStream stream, Bytes bytes) {
    codec.credit(stream, static_cast<std::uint32_t>(bytes.size()));
  };
  verbs.on_end = [&](CodecStream stream) { answer(stream, "200"); };
  verbs.on_reset = [&](CodecStream stream, const Error&) { answer(stream, "400"); };

  std::string kept;
  for (const auto piece : pieces) {
    kept += piece;
    kept.erase(0, codec.read(as_bytes(kept), verbs));
  }
  switch (codec.phase()) {
    case CodecPhase::idle:
      break;
    case CodecPhase::closed:
      verbs.add("closed");
      break;
    default:
      verbs.add("more");
  }
  return verbs.text();
}

void run_table(const char* file) {
  const auto cases = read_cases(file);
  CHECK(cases.size() > 3);
  for (const Case& one : cases) {
    const auto input = one.joined("input");
    const auto limits = limits_of(one);
    for_each_chopping(input, [&](const Chopping& chopping) {
      CAPTURE(one.name);
      CAPTURE(chopping.name);
      CHECK(run(limits, chopping.pieces) == one.joined("verbs"));
    });
  }
}

TEST_CASE("h1 requests: request lines, targets and hosts (RFC 9112 §3)") { run_table("http1/request_lines.txt"); }
TEST_CASE("h1 requests: fields (RFC 9112 §5)") { run_table("http1/fields.txt"); }
TEST_CASE("h1 requests: bodies and their framing (RFC 9112 §6, §7)") { run_table("http1/bodies.txt"); }

}  // namespace
}  // namespace zeroway::test
