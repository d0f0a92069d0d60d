// Names of topics, procedures and errors: components with dots between them, "com.example.add".
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which patterns a name matches (pattern_table.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wamp {

// What a subscription or registration takes.
enum class Match : std::uint8_t {
  exact,     // this name
  prefix,    // every name that begins so; the last component may be empty: "com.example."
  wildcard,  // an empty component stands for any one component: "com..status"
};

// "exact", "prefix", "wildcard"; nothing for another word.
[[nodiscard]] std::optional<Match> read_match(std::string_view word);
[[nodiscard]] std::string_view match_word(Match match);

// Whether this is such a name, or a pattern of this kind: at most kMaxUri bytes without spaces, control characters and
// '#', no component empty but where the pattern says so.
[[nodiscard]] bool is_uri(std::string_view uri, Match match = Match::exact);
// Whether a name is WAMP's own, which clients do not publish or register: "wamp" or below it.
[[nodiscard]] bool is_reserved(std::string_view uri);
// The parts between the dots; good as long as `uri`.
[[nodiscard]] std::vector<std::string_view> components(std::string_view uri);

}  // namespace wamp
