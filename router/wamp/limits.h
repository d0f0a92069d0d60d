// Every number of wamp that limits something and is no setting, with its reason.
#pragma once
#include <cstddef>

namespace zeroway {

inline constexpr std::size_t kDeepestValue = 512;      // lists and maps in each other: a reader needs 16 bytes for each
inline constexpr std::size_t kLongestInteger = 512;    // bytes, 1 233 digits: their conversion costs the square of that
inline constexpr std::size_t kComparedKeys = 16;       // keys of a map that are compared each with each; beyond, sorted
inline constexpr std::size_t kLongestRawPing = 4'096;  // bytes of a RawSocket's ping that is kept, to answer it
inline constexpr std::size_t kWarmRawMessage = 4'096;  // of memory that a RawSocket keeps to gather its next message

}  // namespace zeroway
