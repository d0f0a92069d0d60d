// Makes a plan of the operator's settings, with or without a file.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: reading the file and checking that its values fit together (router/settings).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/plan/plan.h"
#include "router/settings/settings.h"

namespace zeroway {

struct PlanMaking {
  std::shared_ptr<const Plan> plan;   // null when there is an error
  std::vector<std::string> errors;    // all of them: "FILE:LINE:COLUMN: …"
  std::vector<std::string> warnings;  // what the file says and this router does not do
};

// The content of a file that the settings name.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

[[nodiscard]] PlanMaking make_plan(const Settings& settings, const ReadFile& read_file);

// The plan of a router whose paths all go to workers.
[[nodiscard]] std::shared_ptr<const Plan> make_plan(const EdgeSettings& edge, const ExchangeSettings& exchange);

}  // namespace zeroway
