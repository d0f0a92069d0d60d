// The numbers that bound one wamp-worker, and the clock that some of them are measured with.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wamp {

using Time = std::chrono::steady_clock::time_point;

// A message of a client.
inline constexpr int kMaxDepth = 100;                 // arrays and maps inside of each other: writers recurse
inline constexpr std::size_t kMaxValues = 1'000'000;  // a null of one byte takes 16 bytes here
inline constexpr std::size_t kMaxMessage = 16 << 20;  // bytes, as WAMP's RawSocket has it
inline constexpr std::size_t kMaxUri = 512;           // bytes: a topic is looked up by each length of a prefix
inline constexpr std::uint64_t kMaxId = std::uint64_t{1} << 53;  // what a double holds exactly
inline constexpr std::chrono::hours kMaxTimeout{24};             // of a call: longer ones expire then

// The process.
inline constexpr std::chrono::milliseconds kLeavePause{50};  // until a worker notices that another one leaves

// A connection.
inline constexpr std::chrono::seconds kHelloPatience{10};  // without a session: then it is closed

// A session.
inline constexpr std::size_t kMaxPerSession = 10'000;  // subscriptions, registrations, calls under way: of each so many

// Bytes that wait for a client.
inline constexpr std::size_t kMaxBacklog = 16 << 20;  // at the next message the client is dropped
inline constexpr std::size_t kPauseAt = 1 << 20;      // who sends it a call, result or error waits until it has read
inline constexpr std::chrono::seconds kMaxPause{5};   // a client that reads nothing in this time is dropped
inline constexpr std::chrono::milliseconds kPauseStep{5};

}  // namespace wamp
