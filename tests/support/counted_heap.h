// Counts what this test program allocates on the heap. Include it in one source of a program: it defines operator new.
//
// Owner: the program.   Thread: each counts its own.
// Sanitizers have their own operator new (TSan's cannot be replaced). They call hooks for each allocation instead.
#pragma once
#include <malloc.h>

#include <cstdlib>
#include <new>

namespace zeroway::test {

struct Heap {
  std::size_t allocations = 0;
  std::size_t live_bytes = 0;
};
inline constinit thread_local Heap heap;

}  // namespace zeroway::test

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ZEROWAY_HEAP_HOOKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ZEROWAY_HEAP_HOOKS 1
#endif
#endif

#ifdef ZEROWAY_HEAP_HOOKS
#include <sanitizer/allocator_interface.h>

// The sanitizer must not check the hooks: they run inside its allocator.
#define ZEROWAY_PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))
extern "C" ZEROWAY_PLAIN void __sanitizer_malloc_hook(const volatile void*, std::size_t size) {
  ++zeroway::test::heap.allocations;
  zeroway::test::heap.live_bytes += size;
}
extern "C" ZEROWAY_PLAIN void __sanitizer_free_hook(const volatile void* memory) {
  zeroway::test::heap.live_bytes -= __sanitizer_get_allocated_size(memory);
}
#else
void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  ++zeroway::test::heap.allocations;
  zeroway::test::heap.live_bytes += malloc_usable_size(memory);
  return memory;
}
void operator delete(void* memory) noexcept {
  zeroway::test::heap.live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
#endif
