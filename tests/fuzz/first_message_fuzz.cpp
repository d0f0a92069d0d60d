// Anything as the first message of a session, and as an offer of subprotocols: a HELLO has the type of one, and a
// chosen subprotocol is in the offer.
#include <string>

#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/subprotocol.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

void check_message(Serializer serializer, std::string_view message) {
  const FirstMessage first = read_first_message(serializer, as_bytes(message));
  const auto type = type_of(serializer, as_bytes(message));
  if (first.kind == FirstMessage::Kind::hello) must(type == message_type::kHello);
  if (first.kind == FirstMessage::Kind::abort) must(type == message_type::kAbort);
  if (first.kind == FirstMessage::Kind::violation) must(first.error.what != nullptr);
  must(first.realm.size() <= message.size());
}

void check_offer(std::string_view offer) {
  const auto choice = choose_subprotocol(offer, SerializerSet::all(), RequireSubprotocol::no);
  const bool is_chosen = choice.verdict == SubprotocolChoice::Verdict::chosen;
  if (is_chosen) must(offer.find(subprotocol_of(choice.serializer)) != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Serializer serializer : kSerializers) check_message(serializer, text);
  check_offer(text);
  return 0;
}
