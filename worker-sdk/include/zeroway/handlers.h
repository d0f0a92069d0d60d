// What an application registers at its Worker: the kinds of functions, and what they are given.
//
// All of them are kept until the worker is destroyed. Those that run on the pool may be called on several threads at
// once; all others run on the worker's own thread, one at a time, and must not block.
#pragma once
#include <exception>
#include <functional>
#include <string_view>

#include "zeroway/reply.h"
#include "zeroway/request.h"
#include "zeroway/task.h"
#include "zeroway/websocket.h"

namespace zeroway {

using Handler = std::function<void(Request& request, Reply& reply)>;
using AsyncHandler = std::function<Task<void>(AsyncRequest& request, AsyncReply& reply)>;
using WebSocketHandler = std::function<Task<void>(WebSocket& socket)>;

// Runs before a handler of any kind, WebSockets included, on the handler's thread. It lets the request pass by
// returning. It stops it by ending the reply (reply.status(401).send("…")) or by throwing (StatusError): then neither
// the handler nor what was registered behind this guard is called. Fields that it gives the reply stay.
using Guard = std::function<void(RequestBase& request, ReplyBase& reply)>;

// Runs the rest: what was registered later, then the handler. Returns, or throws, when that has returned or thrown. At
// most once; the second call throws std::logic_error. Good until the function that was given it has ended.
using Next = std::function<void()>;
using AsyncNext = std::function<Task<void>()>;

// Runs around a handler of Worker::handle or handle_inline, on its thread: before and behind `next()`, or instead of
// it.
using Around = std::function<void(Request& request, Reply& reply, const Next& next)>;
// Runs around a handler of Worker::handle_async: `co_await next()`.
using AsyncAround = std::function<Task<void>(AsyncRequest& request, AsyncReply& reply, const AsyncNext& next)>;

// An exception that left a handler, or an answer that the SDK gives without one (400, 404, 405, 413).
struct HandlerError {
  int status;                    // what the client will see: a StatusError's status, else 500
  std::string_view text;         // of the default page. Good until the call returns
  std::exception_ptr exception;  // never empty
};

// See Worker::on_error.
using ErrorHandler = std::function<void(RequestBase& request, ReplyBase& reply, const HandlerError& error)>;

}  // namespace zeroway
