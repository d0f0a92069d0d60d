// Runs a handler and catches all its exceptions: an exception becomes an answer (errors.h) and a log line.
//
// Owner: nobody; free functions.   Thread: the handler's.
// Not here: the exceptions that a handler may throw (zeroway/errors.h), the form of a log line (worker_log.h).
#pragma once
#include <exception>

#include "handler_side.h"
#include "worker-sdk/src/worker_log.h"
#include "zeroway/handlers.h"

namespace zeroway {

// Where errors go besides the client. Good as long as the worker.
struct ErrorReplies {
  const WorkerLog& log;
  ErrorHandler handler;  // the application's, Worker::on_error; empty = the default page
};

// Answers as `error` says.
void answer_exception(const std::exception_ptr& error, HandlerSide& side, const ErrorReplies& replies);
// Answers with an error that comes from the SDK, not from a handler.
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
