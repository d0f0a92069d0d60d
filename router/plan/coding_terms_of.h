// What the operator's wishes about compression mean.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: which backends are wrapped (plan/site_maker.cpp).
#pragma once
#include <optional>

#include "router/coding/coding_terms.h"
#include "router/settings/sites.h"

namespace zeroway {

// Nothing: no reply is coded.
[[nodiscard]] std::optional<CodingTerms> coding_terms_of(const CompressionSettings& said);

}  // namespace zeroway
