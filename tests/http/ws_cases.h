// A scripted case of a WebSocket: frames in, what the client and the worker get; run whole, byte by byte, in random
// cuts.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tests/http/ws_peer.h"

namespace zeroway::test {

inline const WebSocketSettings kUsual;

struct Conformance {
  std::string name;
  std::string input;
  std::string sent;  // what the client gets
  std::string told;  // what the worker gets; "=" is the same as sent
};

void run(const Conformance& one, const WebSocketSettings& settings = kUsual,
         std::optional<WsDeflateTerms> deflate = {});
void run(const std::vector<Conformance>& cases);

inline std::string good_bye() { return close_frame(1000); }
inline std::string many(std::size_t size, char c = '*') { return std::string(size, c); }
inline std::string then(const std::string& first, const std::string& second) {
  return first.empty() ? second : first + " · " + second;
}

// A message that comes back, and a closing.
[[nodiscard]] Conformance echoed(const std::string& name, const std::string& frames, const std::string& message);
// What breaks the rules after `before`; nothing behind it counts.
[[nodiscard]] Conformance broken(const std::string& name, const std::string& frames, unsigned code = 1002,
                                 const std::string& before = {});

}  // namespace zeroway::test
