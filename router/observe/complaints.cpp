#include "router/observe/complaints.h"

#include <string>

namespace zeroway {

void Complaints::write(Time now, std::string_view line, log::Level level) {
  if (!written_.take(now)) {
    ++left_out_;
    return;
  }
  if (left_out_ == 0) return log::write(level, line);
  log::write(level, std::string(line) + " (" + std::to_string(left_out_) + " lines like it left out)");
  left_out_ = 0;
}

}  // namespace zeroway
