// Runs a handler so that nothing it throws gets out: an exception is an answer (errors.h) and a log line.
//
// Owner: nobody; free functions.   Thread: the handler's.
// Not here: what may be thrown (zeroway/errors.h), how it is written down (worker_log.h).
#pragma once
#include <exception>

#include "handler_side.h"
#include "worker_log.h"

namespace zeroway {

// Where errors go besides the client. Good for the worker's life.
struct ErrorReplies {
  const WorkerLog& log;
  ErrorHandler handler;  // the application's, Worker::on_error; empty = the default page
};

// Answers what `error` says.
void answer_exception(const std::exception_ptr& error, HandlerSide& side, const ErrorReplies& replies);
// Answers with an error that is no handler's.
void answer_error(int status, const std::string& text, HandlerSide& side, const ErrorReplies& replies);

template <class Call>
void run_guarded(HandlerSide& side, const ErrorReplies& replies, Call&& call) {
  try {
    call();
    side.finish();
  } catch (...) {
    answer_exception(std::current_exception(), side, replies);
  }
}

}  // namespace zeroway
