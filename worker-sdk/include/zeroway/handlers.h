// The functions that an application registers at its Worker, and their parameters.
//
// All functions are kept until the worker is destroyed. Functions that run on the pool may be called on several threads
// at once. All others run on the worker's own thread, one at a time, and must not block.
#pragma once
#include <exception>
#include <functional>
#include <string_view>

#include "zeroway/reply.h"
#include "zeroway/request.h"
#include "zeroway/task.h"
#include "zeroway/tcp.h"
#include "zeroway/websocket.h"

namespace zeroway {

using Handler = std::function<void(Request& request, Reply& reply)>;
using AsyncHandler = std::function<Task<void>(AsyncRequest& request, AsyncReply& reply)>;
using TcpHandler = std::function<Task<void>(TcpStream& connection)>;
using WebSocketHandler = std::function<Task<void>(WebSocket& socket)>;

// Runs before a handler of any kind, WebSockets included, on the handler's thread. A guard that returns lets the
// request pass. A guard stops the request by ending the reply (reply.status(401).send("…")) or by throwing
// (StatusError): then neither the handler nor the functions registered after this guard are called. Fields that the
// guard sets in the reply stay.
using Guard = std::function<void(RequestBase& request, ReplyBase& reply)>;

// Runs the rest: the functions that were registered later, then the handler. Returns, or throws, when the handler has
// returned or thrown. May be called once; the second call throws std::logic_error. Good until the function that it was
// given to has ended.
using Next = std::function<void()>;
using AsyncNext = std::function<Task<void>()>;

// Runs around a handler of Worker::handle or handle_inline, on the handler's thread: before and after `next()`, or
// instead of `next()`.
using Around = std::function<void(Request& request, Reply& reply, const Next& next)>;
// Runs around a handler of Worker::handle_async: `co_await next()`.
using AsyncAround = std::function<Task<void>(AsyncRequest& request, AsyncReply& reply, const AsyncNext& next)>;

// An exception that left a handler, or an error that the SDK answers without a handler (400, 403, 404, 405, 413).
struct HandlerError {
  int status;                    // of the answer to the client: the status of a StatusError, else 500
  std::string_view text;         // of the default page. Good until the call returns
  std::exception_ptr exception;  // never empty
};

// See Worker::on_error.
using ErrorHandler = std::function<void(RequestBase& request, ReplyBase& reply, const HandlerError& error)>;

}  // namespace zeroway
