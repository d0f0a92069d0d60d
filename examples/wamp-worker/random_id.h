// New ids for sessions and publications.
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include <random>

#include "limits.h"
#include "value.h"

namespace wamp {

// From 1 to kMaxId, and nobody can guess it.
inline Id random_id() {
  thread_local std::random_device device;
  return std::uniform_int_distribution<Id>(1, kMaxId)(device);
}

}  // namespace wamp
