// An explanation as JSON.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: what is explained (admin/explain.h).
#pragma once
#include <string>

#include "router/admin/explain.h"

namespace zeroway {

[[nodiscard]] std::string explain_json(const ExplainQuestion& question, const Explanation& explanation);

}  // namespace zeroway
