// Runs a handler so that nothing it throws gets out: an exception is an answer (errors.h) and a log line.
//
// Owner: nobody; free functions.   Thread: the handler's.
// Not here: what may be thrown (zeroway/errors.h), how it is written down (worker_log.h).
#pragma once
#include <exception>

#include "handler_side.h"
#include "worker_log.h"

namespace zeroway {

// Answers what `error` says.
void answer_exception(const std::exception_ptr& error, HandlerSide& side, const WorkerLog& log);

template <class Call>
void run_guarded(HandlerSide& side, const WorkerLog& log, Call&& call) {
  try {
    call();
    side.finish();
  } catch (...) {
    answer_exception(std::current_exception(), side, log);
  }
}

}  // namespace zeroway
