// Any message, from each serializer to each other one: what is translated is read again as the same values, and comes
// back as the same bytes; what is not says why.
#include <string>

#include "router/wamp/translator.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::size_t kMost = 1 << 20;

Translator& translator() {
  static Translator kTranslator;
  return kTranslator;
}

bool translate(Serializer from, Serializer to, const std::string& message, std::string& out) {
  out.clear();
  const auto error = translator().translate(from, to, as_bytes(message), kMost, out);
  must(!error || (out.empty() && error->what != nullptr && error->at <= message.size()));
  must(out.size() <= kMost);
  return !error;
}

// A text that begins with U+0000 is binary in JSON: MessagePack and CBOR tell the two apart, JSON does not.
void check_pair(Serializer to, Serializer back, const std::string& exact) {
  std::string there;
  std::string again;
  if (!translate(back, to, exact, there)) return;
  const bool is_read = translate(to, back, there, again);
  if (to == Serializer::json && back != Serializer::json) {
    if (is_read && exact.find('\0') == std::string::npos) must(again == exact);
    return;
  }
  must(is_read && again == exact);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string message(reinterpret_cast<const char*>(data), size);
  for (const Serializer from : kSerializers) {
    std::string exact;  // the message as our writer writes it
    std::string again;
    if (!translate(from, from, message, exact)) continue;
    must(translate(from, from, exact, again) && again == exact);
    for (const Serializer to : kSerializers) check_pair(to, from, exact);
  }
  return 0;
}
