// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway::console {

inline constexpr std::size_t kMostAnswer = 64u << 20;  // bytes: 100 000 workers; more would not fit a screen's second
inline constexpr std::size_t kMostToken = 4'096;       // bytes of a token's file: a larger file was named by mistake
inline constexpr std::size_t kMostEventLine =
    1 << 20;                                     // bytes: the router's lines are far shorter; no memory without end
inline constexpr std::size_t kKeptEvents = 500;  // on the screen of events: more are in the router's log
inline constexpr std::size_t kMostInput = 256;   // characters of a filter or a token that are typed
inline constexpr std::size_t kWidestCell = 48;   // columns of a cell: a longer name is cut, its facts have it whole
inline constexpr std::size_t kLeastCell = 8;     // columns of a name on a narrow screen: fewer tell nobody apart
inline constexpr std::chrono::milliseconds kEscapeWait{50};  // then ESC is a key, not the begin of an arrow's bytes

}  // namespace zeroway::console
