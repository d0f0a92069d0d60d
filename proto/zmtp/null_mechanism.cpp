#include "proto/zmtp/null_mechanism.h"

#include "proto/append_bytes.h"
#include "proto/zmtp/zmtp_error.h"

namespace zeroway {

ZmtpFailure NullMechanism::start(std::string& out) {
  std::string body;
  append_zmtp_command_name(body, "READY");
  append_zmtp_properties(body, own_);
  append_zmtp_frame_head(out, kZmtpCommand, body.size());
  out += body;
  return {};
}

ZmtpFailure NullMechanism::command(Bytes body, std::string& /*out*/) {
  const auto command = read_zmtp_command(body);
  if (!command) return {ZmtpFault::protocol, "a malformed command in the handshake"};
  if (command->name == "ERROR") return zmtp_error_failure(command->data);
  if (command->name != "READY") return {ZmtpFault::protocol, "another command than READY in the handshake"};
  auto read = read_zmtp_properties(command->data);
  if (!read) return {ZmtpFault::protocol, "READY with a property that is cut short"};
  peer_ = std::move(*read);
  is_done_ = true;
  return {};
}

void NullMechanism::seal(std::uint8_t flags, Bytes body, std::string& out) {
  append_zmtp_frame_head(out, flags, body.size());
  append_bytes(out, body);
}

}  // namespace zeroway
