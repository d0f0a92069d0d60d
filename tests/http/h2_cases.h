// A scripted case of HTTP/2: frames in, what comes back; run whole and byte by byte.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "tests/http/h2_client.h"

namespace zeroway::test::h2 {

struct Case {
  std::string section;
  std::string name;
  std::vector<std::string> says;  // after the preface; what comes back to each is read before the next
  std::string hears;              // among what the client reads; "goaway …": and the connection ends
};

inline std::string raw(std::initializer_list<int> all) {
  std::string text;
  for (const int byte : all) text += static_cast<char>(byte);
  return text;
}

inline const std::string kReply1 = "headers 1 :status=200 end";
inline const std::string kPingFrame = frame(kPing, kNone, 0, "12345678");
inline const std::string kPong = "pong 12345678";
inline const std::string kMalformed = "rst 1 PROTOCOL_ERROR";
inline constexpr unsigned kWhole = kEndHeaders | kEndStream;

// A request with these bytes for a block.
inline std::string get_block(std::string_view text) { return frame(kHeaders, kWhole, 1, text); }
// A GET's block and more behind it.
inline std::string get_and(std::string_view text) { return get_block(block(kGet) + std::string(text)); }
inline std::string get_with(const std::vector<Pair>& more) { return headers(1, with(kGet, more), kWhole); }
inline std::string post_with(const std::vector<Pair>& more) { return headers(1, with(kPost, more), kEndHeaders); }

inline std::vector<Pair> without(std::vector<Pair> fields, std::string_view name) {
  std::erase_if(fields, [&](const Pair& field) { return field.first == name; });
  return fields;
}

inline std::string priority(std::uint32_t id, std::uint32_t depends_on) {
  return frame(kPriorityType, kNone, id, number(depends_on, 4) + "\x10");
}
inline std::string setting(int key, std::uint32_t value) { return settings({{key, value}}); }

// Each case must come out as it says, and the connection must be well, or ended, as GOAWAY says. What is malformed
// never becomes a complete request.
void check_all(const std::vector<Case>& cases);

}  // namespace zeroway::test::h2
