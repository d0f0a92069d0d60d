// Replies that the router gives without a backend: redirects, and whether it is healthy.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: errors (exchange/error_reply.h), which paths have such a reply (router/plan/site_maker.cpp).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/exchange/plan_in_use.h"
#include "router/observe/wall_clock.h"
#include "router/route/field_template.h"

namespace zeroway {

struct OwnAnswerContext {
  WallTime now;
  std::chrono::seconds uptime;
  std::string_view date;  // the field's value
  FieldValues values;     // what variables stand for in the request
};

// Fills `head` and returns the content. `request` is the client's. Errors are the client's: a path from which no
// redirect can be made.
[[nodiscard]] Result<std::string> write_own_answer(const Answer& answer, const Head& request,
                                                   const OwnAnswerContext& context, Head& head);

// The head of the answer to a challenge (RFC 8555 §8.3), which has so many bytes of content.
void write_challenge_answer(std::size_t size, std::string_view date, Head& head);

}  // namespace zeroway
