// One connection of a TCP service, as its handler sees it: a coroutine on the worker's own thread.
//
//     worker.tcp("/echo", [](zeroway::TcpStream& client) -> zeroway::Task<void> {
//       while (auto bytes = co_await client.read()) co_await client.write(*bytes);
//     });
//
// The router accepts the client's connection at a port of the service, and passes the bytes on as they are. The handler
// runs before the client has sent a byte: it may speak first. Each direction has an end of its own (half-close): the
// client's end is read() giving nothing, end() is the handler's.
//
// When the handler returns, its direction is ended behind all bytes that were written, and what the client still sends
// is dropped. When the handler throws, the client's connection is reset. When the client's connection is reset, or the
// router is lost, read(), write() and sleep() throw Cancelled. A draining worker takes no new connections; those that
// are open go on until the drain time is over, and are then reset. is_draining() tells.
//
// The object belongs to the SDK and is good until the handler has ended. Use it only on the worker's thread. One
// co_await at a time; post() writes without waiting, for other coroutines of the worker.
#pragma once
#include <chrono>
#include <cstddef>
#include <string_view>

#include "zeroway/reply.h"
#include "zeroway/request.h"

namespace zeroway {

// A connection is a request too: path() is that of the service, param() as for handlers, authority() the name that the
// client asked for in the TLS handshake, or the address to which it connected; client_address() as ever. Its method is
// CONNECT.
class TcpStream : public RequestBase {
 public:
  // The next bytes from the client, 1 byte to 256 KiB. Nothing once the client has ended its direction (FIN), and in
  // every call after that. The client may send at most 256 KiB ahead of the handler's reading, so a handler that reads
  // slowly slows the client down. The view is good until the next read(). Throws Cancelled.
  AsyncRequest::Read read() { return AsyncRequest::Read(*side_); }

  // Sends bytes, and waits while more than 64 KiB (256 KiB when the client reads fast) of the sent bytes are not read
  // by the client. `bytes` must stay until the await is over. Throws Cancelled. Ignored after end().
  AsyncReply::Write write(std::string_view bytes) { return {*side_, bytes}; }
  // Sends bytes without waiting: those that the client does not take yet are kept in memory. For coroutines that write
  // to many clients: such a coroutine checks backlog(). Ignored after end(), and once the connection is lost.
  void post(std::string_view bytes);
  // How many bytes wait in this worker for the client.
  [[nodiscard]] std::size_t backlog() const;

  // Ends the handler's direction behind all bytes that were written: the client sees FIN, and may go on sending.
  // Ignored when called again.
  void end();
  // Resets the connection: the client sees RST, bytes on their way may be lost. read() gives nothing more.
  void reset();

  // True when the worker drains: a handler that would go on for ever should come to an end. Any thread.
  [[nodiscard]] bool is_draining() const;
  // `co_await client.sleep(1s);` Throws Cancelled as soon as the connection is lost.
  AsyncRequest::Sleep sleep(std::chrono::milliseconds duration) { return {*side_, duration}; }
  // The same, but gives false at once when the worker drains.
  AsyncRequest::SleepUnlessDraining sleep_unless_draining(std::chrono::milliseconds duration) {
    return {*side_, duration};
  }

  explicit TcpStream(HandlerSide& side) : RequestBase(side) {}  // for the SDK
};

}  // namespace zeroway
