#include "worker-sdk/src/handlers/multipart_parser.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "zeroway/errors.h"

using namespace zeroway;

namespace {

using Step = MultipartParser::Step;

// "name|filename|type: content" of each part, with the body fed in pieces of `piece` bytes; or "400".
std::string parts_of(std::string_view body, std::size_t piece, std::string_view boundary = "b") {
  std::string text;
  try {
    MultipartParser parser(boundary);
    while (true) {
      switch (parser.next()) {
        case Step::needs_more:
          if (body.empty()) {
            parser.finish();
            break;
          }
          parser.feed(body.substr(0, piece));
          body.remove_prefix(std::min(piece, body.size()));
          break;
        case Step::part:
          text += "[" + parser.name() + "|" + parser.filename().value_or("-") + "|" + parser.content_type() + ": ";
          break;
        case Step::content:
          CHECK_FALSE(parser.content().empty());
          text += parser.content();
          break;
        case Step::part_end:
          text += "]";
          break;
        case Step::end:
          return text;
      }
    }
  } catch (const StatusError& error) {
    CHECK(error.status() == 400);
    return "400";
  }
}

const std::string kHead = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";

struct Case {
  std::string body, parts;
};

}  // namespace

TEST_CASE("multipart: whole, byte by byte and in between, the parts are the same (RFC 2046 §5.1.1)") {
  const std::vector<Case> cases{
      {"--b\r\n" + kHead + "x\r\n--b--\r\n", "[a|-|text/plain: x]"},
      {"--b\r\n" + kHead + "x\r\n--b--", "[a|-|text/plain: x]"},
      {"--b\r\n" + kHead +
           "x\r\n--b\r\ncontent-disposition:form-data;name=b;filename=\"f.txt\"\r\n"
           "Content-Type: image/png\r\n\r\ny\r\n\r\n--b--\r\n",
       "[a|-|text/plain: x][b|f.txt|image/png: y\r\n]"},
      {"preamble\r\n--b \t\r\n" + kHead + "x\r\n--b-- epilogue\r\n--b\r\n", "[a|-|text/plain: x]"},
      {"--b\r\n" + kHead + "\r\n--b--", "[a|-|text/plain: ]"},  // as browsers send what is empty
      {"--b\r\n" + kHead + "--b--", "[a|-|text/plain: ]"},      // the head's last line break is the delimiter's
      {"--b\r\n" + kHead + "\r\n--bx\r\n--b-\r\n-b\r\n--b--", "[a|-|text/plain: \r\n--bx\r\n--b-\r\n-b]"},
      {"--b\r\n" + kHead + "\r\r\n\r\n--b--", "[a|-|text/plain: \r\r\n]"},
      {"--b\r\n" + kHead + "x\r\n--b\r\n" + kHead + "y\r\n--b--", "[a|-|text/plain: x][a|-|text/plain: y]"},
      {"--b--", ""},
      {"--b\r\nContent-Disposition: form-data; name=\"q\\\"%22\"; filename=\"C:\\x;y\"\r\n\r\n1\r\n--b--",
       "[q\"\"|C:\\x;y|text/plain: 1]"},
      {"--b\r\n" + kHead + std::string(100'000, 'x') + "\r\n--b--",
       "[a|-|text/plain: " + std::string(100'000, 'x') + "]"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body.substr(0, 200));
    for (const std::size_t piece :
         {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(7), std::size_t(1'000'000)})
      if (one.body.size() < 10'000 || piece > 3) CHECK(parts_of(one.body, piece) == one.parts);
  }
}

TEST_CASE("multipart: what is cut off or malformed is 400") {
  const std::vector<std::string> bodies{
      "",
      "nothing",
      "--b",
      "--b\r\n",
      "--b\r\n" + kHead,
      "--b\r\n" + kHead + "x",
      "--b\r\n" + kHead + "x\r\n--b",
      "--b\r\n" + kHead + "x\r\n--b\r\n",
      "--b\r\n\r\nx\r\n--b--",
      "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--",
      "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
      "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
      "--b\r\nX: " + std::string(20'000, 'x') + "\r\n" + kHead + "x\r\n--b--",
  };
  for (const std::string& body : bodies) {
    CAPTURE(body.substr(0, 100));
    for (const std::size_t piece : {std::size_t(1), std::size_t(1'000'000)})
      CHECK(parts_of(body, piece).ends_with("400"));
  }
  CHECK(parts_of("--", 1, "") == "400");
  CHECK(parts_of("--", 1, std::string(71, 'x')) == "400");
  CHECK(parts_of("--" + std::string(70, 'x') + "--", 5, std::string(70, 'x')) == "");
}

TEST_CASE("multipart: content is given out as it comes, and little is held back") {
  MultipartParser parser("b");
  parser.feed("--b\r\n" + kHead);
  CHECK(parser.next() == Step::part);
  CHECK(parser.next() == Step::needs_more);
  for (int i = 0; i < 1'000; ++i) {
    parser.feed(std::string(1'000, 'x'));
    REQUIRE(parser.next() == Step::content);
    CHECK(parser.content().size() == 1'000);
    CHECK(parser.next() == Step::needs_more);
  }
}

TEST_CASE("parameters: of content-type and content-disposition, quoted or not") {
  CHECK(find_parameter("multipart/form-data; boundary=abc", "boundary") == "abc");
  CHECK(find_parameter("multipart/form-data;charset=utf-8; Boundary=\"a;b=c\"; x=y", "boundary") == "a;b=c");
  CHECK(find_parameter("multipart/form-data; boundary=\"a;b=c\"; x=y", "x") == "y");
  CHECK(find_parameter("form-data; name; filename=f", "filename") == "f");
  CHECK(find_parameter("form-data; name=\"\"", "name") == "");
  CHECK(find_parameter("form-data; name=\"open", "name") == "open");
  CHECK(find_parameter("form-data; xname=1", "name") == std::nullopt);
  CHECK(find_parameter("form-data", "name") == std::nullopt);
  CHECK(find_parameter("", "name") == std::nullopt);
  CHECK(find_parameter("a;", "name") == std::nullopt);
}
