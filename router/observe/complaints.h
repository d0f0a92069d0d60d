// Log lines that a peer can provoke, limited to a few in a second; the next line says how many lines were left out.
//
// Owner: the part that complains.   Thread: one loop.
// Not here: writing (router/observe/log.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "router/observe/limits.h"
#include "router/observe/log.h"
#include "router/observe/per_second.h"
#include "router/observe/time.h"

namespace zeroway {

class Complaints {
 public:
  void write(Time now, std::string_view line, log::Level level = log::Level::warning);

 private:
  PerSecond<kLinesPerSecond> written_;
  std::uint64_t left_out_ = 0;
};

}  // namespace zeroway
