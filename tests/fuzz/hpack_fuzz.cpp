// Any bytes as a header block: the list stays in its limit, encodes and decodes to itself, passes or fails the head
// rules, and leaves no trace in the decoder.
#include <cstdlib>

#include "proto/head_rules.h"
#include "proto/hpack.h"

using namespace zeroway;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_same(const Head& left, const Head& right) {
  demand(left.size() == right.size());
  demand(left.list_size() == right.list_size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    demand(left[i].name == right[i].name);
    demand(left[i].value == right[i].value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static HpackDecoder decoder;
  static HpackEncoder encoder;
  static Head head;
  const auto decoded = decoder.decode({data, size}, head);
  demand(head.list_size() <= kMaxHeadSize);
  static Head by_library;
  const auto library = decoder.decode_any({data, size}, by_library);
  demand(library.has_value() == decoded.has_value());
  if (decoded) check_same(head, by_library);
  if (decoded) {
    static Head again;
    std::string block;
    encoder.encode(head, block);
    demand(decoder.decode(as_bytes(block), again).has_value());
    check_same(head, again);
    (void)check_request_head(head);
    (void)check_reply_head(head);
    (void)check_trailers(head);
    demand(again.remove("x") == head.count("x"));
  }
  demand(!decoder.decode(as_bytes("\xbe"), head).has_value());
  demand(decoder.decode(as_bytes("\x82"), head).has_value() && head.method() == "GET");
  return 0;
}
