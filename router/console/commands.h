// The commands that ask a router a few questions and end: status, workers, servers, drain, undrain, explain, requests,
// reload; and events, which ends when the stream does.
//
// Owner: nobody; free functions.   Thread: that of the loop, which they run.
// Not here: top (console/top.h), what they print (console/reports.h), exit codes (console/judge.h).
#pragma once
#include <string>

#include "router/console/judge.h"
#include "router/console/management_client.h"
#include "router/net/loop.h"
#include "router/settings/command_words.h"

namespace zeroway::console {

struct Outcome {
  Verdict verdict;
  std::string output = "";  // for standard output
};

[[nodiscard]] Outcome run(Loop& loop, ManagementClient& client, const CommandWords& words);

[[nodiscard]] std::string name_of(CommandId command);
// The request that drains or undrains.
[[nodiscard]] Question hold_question(bool is_worker, const std::string& name, bool is_held);
// The query's names and values are encoded; empty values are left out.
[[nodiscard]] std::string path_with(std::string path, const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace zeroway::console
