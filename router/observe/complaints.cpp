#include "router/observe/complaints.h"

#include <string>

namespace zeroway {

void Complaints::write(Time now, std::string_view line, log::Level level) {
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    written_ = 0;
  }
  if (written_ >= kLinesPerSecond) {
    ++left_out_;
    return;
  }
  ++written_;
  if (left_out_ == 0) return log::write(level, line);
  log::write(level, std::string(line) + " (" + std::to_string(left_out_) + " lines like it left out)");
  left_out_ = 0;
}

}  // namespace zeroway
