// Empties buffers that are used again: a small buffer keeps its memory for the next use, a large one frees its memory,
// because thousands of buffers may be idle.
//
// Owner: nobody; free functions.   Thread: the buffer's.
// Not here: the content of the buffers.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "limits.h"

namespace zeroway {

// By swap: when an empty string is assigned to a string, libstdc++ keeps the memory.
inline void empty_buffer(std::string& buffer) {
  if (buffer.capacity() > kKeptBuffer) std::string().swap(buffer);
  buffer.clear();
}

template <class T>
void empty_buffer(std::vector<T>& buffer) {
  if (buffer.capacity() * sizeof(T) > kKeptBuffer) std::vector<T>().swap(buffer);
  buffer.clear();
}

}  // namespace zeroway
