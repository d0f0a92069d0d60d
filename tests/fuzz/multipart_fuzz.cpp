// multipart/form-data: whatever a client sends, the parser neither crashes nor holds more than it must, and gives the
// same parts however the body is cut. The first byte says how.
#include <string>

#include "tests/fuzz/must.h"
#include "worker-sdk/src/handlers/multipart_parser.h"
#include "zeroway/errors.h"

using namespace zeroway;

namespace {

using Step = MultipartParser::Step;

std::string parts_of(std::string_view body, std::size_t piece) {
  std::string text;
  try {
    MultipartParser parser("b");
    while (true) {
      const Step step = parser.next();
      if (step == Step::end) return text + ".";
      if (step == Step::part)
        text += "[" + parser.name() + "|" + parser.filename().value_or("-") + "|" + parser.content_type() + "|";
      if (step == Step::content) {
        must(!parser.content().empty());
        text += parser.content();
      }
      if (step == Step::part_end) text += "]";
      if (step != Step::needs_more) continue;
      if (body.empty()) parser.finish();
      parser.feed(body.substr(0, piece));
      body.remove_prefix(std::min(piece, body.size()));
    }
  } catch (const StatusError& error) {
    must(error.status() == 400);
    return "400";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  must(parts_of(body, body.size() + 1) == parts_of(body, std::size_t(bytes[0] % 16) + 1));
  return 0;
}
