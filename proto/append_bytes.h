// Appends many bytes to a string.
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include <cstddef>
#include <string>

#include "proto/bytes.h"

namespace zeroway {

inline constexpr std::size_t kCopyPiece =
    2'048;  // glibc copies more than that by `rep movsb`, which can be 15 times slower on AMD's Zen (append_bytes.cpp)

void append_bytes(std::string& out, Bytes bytes);

}  // namespace zeroway
