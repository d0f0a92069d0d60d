#include "proto/zmtp/zmtp_error.h"

#include <algorithm>

#include "proto/zmtp/limits.h"
#include "proto/zmtp/printable.h"

namespace zeroway {

ZmtpFailure zmtp_error_failure(Bytes data) {
  std::string reason;
  if (!data.empty()) {
    const Bytes told = data.subspan(1, std::min({data.size() - 1, std::size_t{data[0]}, kZmtpMostReason}));
    reason = printable(as_text(told));
  }
  return {ZmtpFault::refused, "it refuses us: '" + reason + "'"};
}

void append_zmtp_error(std::string& out, std::string_view reason) {
  std::string body;
  append_zmtp_command_name(body, "ERROR");
  append_zmtp_command_name(body, reason);  // of the same form: length and bytes
  append_zmtp_frame_head(out, kZmtpCommand, body.size());
  out += body;
}

}  // namespace zeroway
