// tests/cases/http1/replies.txt: scripts of what a client sends and the session says, and what the client gets.
//
//     client: bytes         come in            say: head 200 a=b last · data "hi" · end x=1 · reset · credit 5
//     output: bytes         went out since     say: drain · fin · timeout        (one per line)
//     verbs: text           was told since     phase: idle, head, body, reply, closed        stream: 1
#include <doctest/doctest.h>

#include <sstream>

#include "router/http/h1_codec.h"
#include "tests/http/case_file.h"
#include "tests/http/verb_recorder.h"

namespace zeroway::test {
namespace {

const char* name_of(CodecPhase phase) {
  switch (phase) {
    case CodecPhase::idle:
      return "idle";
    case CodecPhase::head:
      return "head";
    case CodecPhase::body:
      return "body";
    case CodecPhase::rest:
      return "rest";
    case CodecPhase::reply:
      return "reply";
    case CodecPhase::timed:
      return "timed";
    case CodecPhase::closed:
      return "closed";
  }
  return "?";
}

class Script {
 public:
  void run(const Case& one) {
    for (const CaseLine& line : one.lines) {
      CAPTURE(one.name);
      CAPTURE(line.key);
      CAPTURE(line.value);
      run(line);
    }
  }

 private:
  void run(const CaseLine& line) {
    const auto value = unescape(line.value);
    if (line.key == "client") {
      kept_ += value;
      pump();
    } else if (line.key == "say") {
      say(value);
      pump();
    } else if (line.key == "output") {
      output_ += codec_.output();
      codec_.output().clear();
      CHECK(escape(output_.substr(0, value.size())) == escape(value));
      output_.erase(0, value.size());
    } else if (line.key == "verbs") {
      CHECK(verbs_.text() == told_ + (told_.empty() || value.empty() ? "" : " · ") + value);
      told_ = verbs_.text();
    } else if (line.key == "phase") {
      output_ += codec_.output();
      codec_.output().clear();
      CHECK(name_of(codec_.phase()) == value);
      CHECK(escape(output_) == "");  // a script names all that goes out
    } else if (line.key == "input_wanted") {
      CHECK(codec_.wants_input() == (value == "yes"));
    } else if (line.key == "stream") {
      verbs_.stream = static_cast<CodecStream>(std::stoul(value));
    } else {
      FAIL("unknown key " << line.key);
    }
  }

  void pump() { kept_.erase(0, codec_.read(as_bytes(kept_), verbs_)); }

  void say(const std::string& text) {
    std::istringstream words(text);
    std::string verb;
    words >> verb;
    const auto stream = verbs_.stream;
    if (verb == "head") {
      std::string status;
      words >> status;
      Head head{{":status", status}};
      const auto last = fields(words, head);
      codec_.head(stream, head, last);
    } else if (verb == "data") {
      codec_.data(stream, as_bytes(std::string_view(text).substr(5)));
    } else if (verb == "end") {
      Head trailers;
      (void)fields(words, trailers);
      codec_.end(stream, trailers);
    } else if (verb == "reset") {
      codec_.reset(stream, Error{Fault::backend, Code::backend_lost, false, ""});
    } else if (verb == "credit") {
      std::uint32_t bytes = 0;
      words >> bytes;
      codec_.credit(stream, bytes);
    } else if (verb == "drain") {
      codec_.drain();
    } else if (verb == "fin") {
      codec_.input_ended(verbs_);
    } else if (verb == "timeout") {
      codec_.timed_out(verbs_);
    } else {
      FAIL("unknown verb " << verb);
    }
  }

  static Last fields(std::istringstream& words, Head& head) {
    auto last = Last::no;
    std::string word;
    while (words >> word) {
      const auto equal = word.find('=');
      if (word == "last") {
        last = Last::yes;
      } else {
        head.add(word.substr(0, equal), word.substr(equal + 1));
      }
    }
    return last;
  }

  HttpLimits limits_;
  H1Codec codec_{limits_, "http"};
  VerbRecorder verbs_;
  std::string kept_;
  std::string output_;
  std::string told_;
};

TEST_CASE("h1 replies: framing, keep-alive, interim replies, early ends (RFC 9112 §6, §9)") {
  const auto cases = read_cases("http1/replies.txt");
  CHECK(cases.size() > 3);
  for (const Case& one : cases) Script().run(one);
}

}  // namespace
}  // namespace zeroway::test
