// What an answer of the management API means for the operator: done, or an exit code with the reason.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: asking (console/management_client.h), reading what the answer says (console/figure_reader.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/settings/command_exit.h"

namespace zeroway::console {

struct Question {
  std::string method = "GET";
  std::string path;       // with its query, encoded
  std::string body = "";  // JSON; "" = none
};

struct Told {
  int status = 0;
  std::string body;
};

struct Verdict {
  ExitCode code = ExitCode::fine;
  std::string why = "";  // printable; "" when it is fine

  [[nodiscard]] bool is_fine() const { return code == ExitCode::fine; }
};

// `where`: the management listener as the operator named it.
[[nodiscard]] Verdict judge(const Question& question, const Result<Told>& told, const std::string& where);
[[nodiscard]] Verdict unreachable(const std::string& where, const std::string& why);

}  // namespace zeroway::console
