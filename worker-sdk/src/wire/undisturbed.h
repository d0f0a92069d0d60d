// A system call, or a call of ZeroMQ, that signals of the application do not make fail: a profiler sends a hundred in a
// second.
//
// Owner: nobody; a pure function.   Thread: any.
#pragma once
#include <cerrno>

namespace zeroway {

// What `call` returns. A signal makes it fail before it has done anything, so that it is called again.
template <class Call>
auto undisturbed(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace zeroway
