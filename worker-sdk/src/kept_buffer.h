// How buffers that are used again are emptied: what is small keeps its memory for the next use, what is large gives it
// back, because thousands of them may be idle.
//
// Owner: nobody; free functions.   Thread: the buffer's.
// Not here: what the buffers hold.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "limits.h"

namespace zeroway {

// By swap: libstdc++ keeps the memory of what an empty string is assigned to.
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
