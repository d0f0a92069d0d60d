// Every number of coding that limits something and is no setting, with its reason.
//
// Memory of one reply, measured: its coder (gzip 261 KiB, zstd 1.1 MiB, br 1.0 to 2.0 MiB; of an event stream 69, 181
// and 330 KiB), up to 64 KiB that the backend sent and that is not coded yet, and what one slice becomes.
#pragma once
#include <cstddef>

namespace zeroway {

inline constexpr int kGzipWindowBits = 15;  // 32 KiB, the most that deflate knows
inline constexpr int kGzipMemory = 8;       // zlib's own choice: 128 KiB for hashes
inline constexpr int kGzipEventWindowBits = 13;
inline constexpr int kGzipEventMemory = 6;  // of an event stream: 69 KiB, for 9 % more bytes
inline constexpr int kZstdWindowLog = 17;   // 128 KiB: browsers take 8 MiB (RFC 9659), and each reply needs it twice
inline constexpr int kZstdHashLog = 15;     // tables of 192 KiB: 4 % more bytes than those of 3 MiB
inline constexpr int kZstdEventWindowLog = 14;
inline constexpr int kZstdEventHashLog = 13;
inline constexpr int kBrotliWindowBits = 18;  // 256 KiB: 5 % fewer bytes than with 64 KiB, at the same speed
inline constexpr int kBrotliEventWindowBits = 14;
inline constexpr int kBrotliEventLevel = 3;             // from 4 on, each stream costs 400 KiB more
inline constexpr std::size_t kCoderMemory = 256 << 20;  // of all coders of a loop; beyond, replies are not coded
inline constexpr std::size_t kWarmCoders = 16;          // of one kind, kept after a peak: as many as code at once
inline constexpr std::size_t kWarmBlocks = 32 << 20;    // bytes that brotli gave back, kept: it asks for them each time
inline constexpr std::size_t kCodedStep = 16'384;       // room for what a coder says at once

}  // namespace zeroway
