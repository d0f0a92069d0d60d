// What is read of the state directory and of the ACME client, from any bytes: nothing is taken that is not whole, and
// no text of theirs forges a line of the log.
#include <string>

#include "proto/bytes.h"
#include "router/acme/lego_command.h"
#include "router/acme/limits.h"
#include "router/acme/stored_pair.h"
#include "router/exchange/challenges.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text(Bytes(data, size)));
  if (const auto pair = read_pair(text, "a.test")) must(pair->from <= pair->until);
  const std::string reason = lego_reason(text);
  must(!reason.empty() && reason.size() <= 4 * kMostReason);
  for (const char letter : reason) must(letter >= ' ' && letter <= '~');
  must(!is_whole_account(text) || text.find('}') != std::string::npos);
  static_cast<void>(is_account_unknown(text));
  const std::string token(challenge_token(text));
  must(token.find_first_of("/.\\%") == std::string::npos);
  must(token.empty() || text == std::string(kChallengePath) + token);
  return 0;
}
