// What the conditional fields of a request mean for the file as it is now (RFC 9110 §13).
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: how a tag is made (files/entity_tag.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// What a client can recognise a version of a file by.
struct Validators {
  std::string_view etag;                      // with its quotes; "" = none
  std::optional<std::int64_t> last_modified;  // seconds since 1970
};

enum class ConditionVerdict : std::uint8_t {
  met,           // or there is no condition
  not_modified,  // 304
  failed,        // 412
};

// If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since (RFC 9110 §13.2.2). If-Match compares
// strongly, If-None-Match weakly. Dates that are no dates are ignored.
[[nodiscard]] ConditionVerdict judge_conditions(const Head& request, const Validators& file);

// Whether Range may be answered: there is no If-Range, or it names this very version. A weak tag does not, and a date
// only when the file had not changed for a second by then (RFC 9110 §8.8.2.2, §13.1.5). `now`: seconds since 1970.
[[nodiscard]] bool is_range_current(const Head& request, const Validators& file, std::int64_t now);

}  // namespace zeroway
