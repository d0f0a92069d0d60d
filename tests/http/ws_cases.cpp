#include "tests/http/ws_cases.h"

#include <doctest/doctest.h>

#include "tests/support/chopper.h"

namespace zeroway::test {

void run(const Conformance& one, const WebSocketSettings& settings, std::optional<WsDeflateTerms> deflate) {
  for_each_chopping(one.input, [&](const Chopping& chopping) {
    EchoWorker worker(settings, deflate);
    for (const auto piece : chopping.pieces) worker.feed(piece);
    CHECK_MESSAGE(worker.client.text() == one.sent, one.name << ", " << chopping.name);
    const auto& told = one.told == "=" ? one.sent : one.told;
    CHECK_MESSAGE(worker.told == told, one.name << ", " << chopping.name);
  });
}

void run(const std::vector<Conformance>& cases) {
  for (const auto& one : cases) run(one);
}

Conformance echoed(const std::string& name, const std::string& frames, const std::string& message) {
  return {name, frames + good_bye(), then(message, closed(1000)), "="};
}

Conformance broken(const std::string& name, const std::string& frames, unsigned code, const std::string& before) {
  return {name, frames + frame(kPing, "late") + frame(kText, "late"), then(before, closed(code)),
          then(before, "broken")};
}

}  // namespace zeroway::test
