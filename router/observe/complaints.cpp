#include "router/observe/complaints.h"

#include <string>

#include "router/observe/log.h"

namespace zeroway {

void Complaints::write(Time now, std::string_view line) {
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    written_ = 0;
  }
  if (written_ >= kLinesPerSecond) {
    ++left_out_;
    return;
  }
  ++written_;
  if (left_out_ == 0) return log::warning(line);
  log::warning(std::string(line) + " (" + std::to_string(left_out_) + " lines like it left out)");
  left_out_ = 0;
}

}  // namespace zeroway
